/// The tables of the PostgreSQL engine, step by step. A step that was released is never changed.
enum PostgresTables {
    static let steps = [first + sessions + trail + checkpoints]

    /// Texts compare byte by byte, whatever the database's own collation.
    private static let text = #"text COLLATE "C""#

    /// Times are milliseconds since 1970 UTC, flags 0 or 1, absent levels of an NRN 0.
    private static let first = """
        CREATE TABLE settings (name \(text) PRIMARY KEY, value bytea NOT NULL);

        CREATE SEQUENCE ids_organization;
        CREATE SEQUENCE ids_account;
        CREATE SEQUENCE ids_namespace;
        CREATE SEQUENCE ids_application;
        CREATE SEQUENCE ids_scope;
        CREATE SEQUENCE ids_person;
        CREATE SEQUENCE ids_role START 2000000001 MINVALUE 2000000001;
        CREATE SEQUENCE ids_grant;
        CREATE SEQUENCE ids_api_key;
        CREATE SEQUENCE ids_session;
        CREATE SEQUENCE ids_audit_event;

        CREATE TABLE organizations (
            id bigint PRIMARY KEY,
            epoch bigint NOT NULL,
            key_count bigint NOT NULL CHECK (key_count >= 0),
            listed_key_count bigint NOT NULL CHECK (listed_key_count >= 0),
            expired_until bigint NOT NULL,
            audit_link bytea NOT NULL
        ) WITH (fillfactor = 50);

        CREATE TABLE resources (
            level bigint NOT NULL CHECK (level BETWEEN 1 AND 5),
            id bigint NOT NULL CHECK (id > 0),
            parent_id bigint NOT NULL,
            organization_id bigint NOT NULL REFERENCES organizations (id),
            account_id bigint NOT NULL,
            namespace_id bigint NOT NULL,
            application_id bigint NOT NULL,
            scope_id bigint NOT NULL,
            name \(text) NOT NULL,
            name_key \(text) NOT NULL,
            slug \(text) NOT NULL,
            status \(text) NOT NULL CHECK (status IN ('active', 'inactive', 'deleted')),
            created_at bigint NOT NULL,
            updated_at bigint NOT NULL,
            PRIMARY KEY (level, id)
        );
        CREATE UNIQUE INDEX resources_live_slug ON resources (level, parent_id, slug) WHERE status <> 'deleted';
        CREATE INDEX resources_by_organization ON resources (organization_id, level, id);

        CREATE TABLE users (
            id bigint PRIMARY KEY,
            organization_id bigint NOT NULL REFERENCES organizations (id),
            email \(text) NOT NULL UNIQUE,
            first_name \(text) NOT NULL,
            last_name \(text) NOT NULL,
            avatar \(text) NOT NULL,
            status \(text) NOT NULL CHECK (status IN ('active', 'inactive')),
            password_digest \(text),
            created_at bigint NOT NULL,
            updated_at bigint NOT NULL
        );
        CREATE INDEX users_by_organization ON users (organization_id, id);

        CREATE TABLE roles (
            id bigint PRIMARY KEY,
            organization_id bigint NOT NULL REFERENCES organizations (id),
            slug \(text) NOT NULL,
            name \(text) NOT NULL,
            description \(text) NOT NULL,
            level bigint CHECK (level BETWEEN 1 AND 5),
            user_type \(text) CHECK (user_type IN ('person', 'machine')),
            actions \(text) NOT NULL,
            inherits \(text) NOT NULL,
            assignable \(text) NOT NULL,
            created_at bigint NOT NULL,
            updated_at bigint NOT NULL,
            UNIQUE (organization_id, slug)
        );

        CREATE TABLE grants (
            id bigint PRIMARY KEY,
            user_id bigint NOT NULL,
            organization_id bigint NOT NULL REFERENCES organizations (id),
            account_id bigint NOT NULL,
            namespace_id bigint NOT NULL,
            application_id bigint NOT NULL,
            scope_id bigint NOT NULL,
            role_id bigint NOT NULL,
            role_slug \(text) NOT NULL,
            actions \(text),
            inherits \(text),
            added \(text),
            removed \(text)
        );
        CREATE INDEX grants_by_user ON grants (user_id, id);
        CREATE INDEX grants_by_custom_role ON grants (organization_id, role_id) WHERE role_id >= 2000000001;
        CREATE INDEX grants_inheriting ON grants (organization_id, inherits) WHERE inherits IS NOT NULL;
        CREATE INDEX grants_of_persons ON grants (
            organization_id, account_id, namespace_id, application_id, scope_id, user_id
        ) WHERE user_id <= 1099511627776;

        CREATE TABLE api_keys (
            id bigint PRIMARY KEY,
            organization_id bigint NOT NULL REFERENCES organizations (id),
            name \(text) NOT NULL,
            name_key \(text) NOT NULL,
            handle \(text) NOT NULL UNIQUE,
            ending \(text) NOT NULL,
            digest bytea NOT NULL CHECK (length(digest) = 32),
            pepper_version bigint NOT NULL,
            tags \(text) NOT NULL,
            owner_id bigint NOT NULL,
            is_internal smallint NOT NULL,
            is_enabled smallint NOT NULL,
            expires_at bigint,
            last_used_at bigint,
            use_count bigint NOT NULL DEFAULT 0,
            last_address \(text),
            epoch bigint NOT NULL,
            version bigint NOT NULL,
            created_at bigint NOT NULL,
            updated_at bigint NOT NULL
        ) WITH (fillfactor = 90);
        CREATE INDEX api_keys_by_name ON api_keys (organization_id, name_key, id);
        CREATE INDEX api_keys_by_use ON api_keys (organization_id, last_used_at, id);
        CREATE INDEX api_keys_never_used ON api_keys (organization_id, created_at) WHERE last_used_at IS NULL;
        CREATE INDEX api_keys_never_used_by_id ON api_keys (organization_id, id) WHERE last_used_at IS NULL;
        CREATE INDEX api_keys_by_ending ON api_keys (organization_id, ending);
        CREATE INDEX api_keys_by_expiry ON api_keys (organization_id, expires_at)
            WHERE expires_at IS NOT NULL AND is_internal = 0;

        CREATE TABLE api_key_sets (
            organization_id bigint NOT NULL,
            term \(text) NOT NULL,
            block bigint NOT NULL,
            members bytea NOT NULL,
            PRIMARY KEY (organization_id, term, block)
        ) WITH (fillfactor = 70);
        ALTER TABLE api_key_sets ALTER COLUMN members SET STORAGE PLAIN;

        CREATE TABLE deleted_api_keys (
            id bigint PRIMARY KEY,
            organization_id bigint NOT NULL,
            name \(text) NOT NULL,
            handle \(text) NOT NULL UNIQUE,
            digest bytea NOT NULL,
            pepper_version bigint NOT NULL,
            deleted_at bigint NOT NULL,
            deleted_by bigint
        );

        CREATE TABLE changes (
            sequence bigint PRIMARY KEY GENERATED BY DEFAULT AS IDENTITY,
            organization_id bigint,
            subject \(text) NOT NULL,
            subject_id bigint NOT NULL,
            at bigint NOT NULL,
            node \(text) NOT NULL DEFAULT coalesce(current_setting('keywright.node', true), '')
        );
        CREATE INDEX changes_by_organization ON changes (organization_id, sequence);

        CREATE TABLE signing_keys (
            id \(text) PRIMARY KEY,
            sealed bytea NOT NULL,
            created_at bigint NOT NULL,
            signs_from bigint NOT NULL
        );

        CREATE TABLE revoked_tokens (
            number bigint PRIMARY KEY,
            name \(text) NOT NULL,
            organization_id bigint NOT NULL REFERENCES organizations (id),
            api_key_id bigint NOT NULL,
            expires_at bigint NOT NULL
        );
        CREATE INDEX revoked_tokens_by_organization ON revoked_tokens (organization_id, number);
        CREATE INDEX revoked_tokens_by_key ON revoked_tokens (api_key_id);
        CREATE INDEX revoked_tokens_by_end ON revoked_tokens (expires_at);

        CREATE TABLE one_time_tokens (
            digest bytea PRIMARY KEY,
            purpose \(text) NOT NULL,
            user_id bigint REFERENCES users (id),
            expires_at bigint NOT NULL
        );

        CREATE TABLE idempotency_records (
            user_id bigint NOT NULL,
            request_key \(text) NOT NULL,
            body_digest bytea NOT NULL,
            api_key_id bigint NOT NULL,
            created_at bigint NOT NULL,
            PRIMARY KEY (user_id, request_key)
        );
        CREATE INDEX idempotency_records_by_age ON idempotency_records (created_at);
        """

    /// People's sessions and what belongs to them.
    private static let sessions = """

        CREATE TABLE sessions (
            id bigint PRIMARY KEY,
            digest bytea NOT NULL UNIQUE CHECK (length(digest) = 32),
            user_id bigint NOT NULL REFERENCES users (id),
            created_at bigint NOT NULL,
            last_seen_at bigint NOT NULL,
            expires_at bigint NOT NULL,
            address \(text),
            user_agent \(text) NOT NULL
        );
        CREATE INDEX sessions_by_user ON sessions (user_id, id);
        CREATE INDEX sessions_by_end ON sessions (expires_at);

        CREATE TABLE sign_in_attempts (
            digest bytea PRIMARY KEY,
            failures bigint NOT NULL,
            blocked_until bigint NOT NULL,
            resets_at bigint NOT NULL
        );
        CREATE INDEX sign_in_attempts_by_end ON sign_in_attempts (resets_at);

        CREATE TABLE form_drafts (
            id \(text) PRIMARY KEY,
            user_id bigint NOT NULL REFERENCES users (id),
            path \(text) NOT NULL,
            fields \(text) NOT NULL,
            expires_at bigint NOT NULL
        );
        CREATE INDEX form_drafts_by_user ON form_drafts (user_id, expires_at);
        CREATE INDEX form_drafts_by_end ON form_drafts (expires_at);
        """

    /// The audit trail, by month of the event. Months are added ahead; an event of any other month has a place too.
    private static let trail = """

        CREATE TABLE audit_events (
            id bigint NOT NULL,
            organization_id bigint NOT NULL,
            at bigint NOT NULL,
            action \(text) NOT NULL,
            outcome \(text) NOT NULL,
            user_id bigint,
            actor_type \(text) NOT NULL,
            credential \(text),
            address \(text),
            request_id \(text),
            target_type \(text) NOT NULL,
            target_id \(text) NOT NULL,
            before_state \(text),
            after_state \(text),
            link bytea NOT NULL,
            PRIMARY KEY (organization_id, id, at)
        ) PARTITION BY RANGE (at);
        CREATE INDEX audit_events_by_target ON audit_events (organization_id, target_id, id);
        CREATE INDEX audit_events_by_target_type ON audit_events (organization_id, target_type, id);
        CREATE INDEX audit_events_by_user ON audit_events (organization_id, user_id, id);
        CREATE INDEX audit_events_by_action ON audit_events (organization_id, action, id);
        CREATE INDEX audit_events_by_actor ON audit_events (organization_id, actor_type, id)
            WHERE actor_type <> 'api_key';
        CREATE INDEX audit_events_by_outcome ON audit_events (organization_id, outcome, id)
            WHERE outcome <> 'success';
        CREATE INDEX audit_events_by_time ON audit_events USING brin (at) WITH (autosummarize = on);
        CREATE TABLE audit_events_other PARTITION OF audit_events DEFAULT;

        CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            RAISE EXCEPTION 'audit events are never changed';
        END
        $$;
        CREATE TRIGGER audit_events_stay_unchanged BEFORE UPDATE ON audit_events
            FOR EACH ROW EXECUTE FUNCTION refuse_change();

        CREATE FUNCTION add_audit_months() RETURNS void LANGUAGE plpgsql SECURITY DEFINER AS $$
        DECLARE
            month timestamptz;
            first bigint;
            following bigint;
            name text;
        BEGIN
            PERFORM pg_advisory_xact_lock(hashtextextended('keywright audit months', 0));
            FOR step IN 0..2 LOOP
                month := (date_trunc('month', now() AT TIME ZONE 'UTC') + make_interval(months => step))
                    AT TIME ZONE 'UTC';
                first := extract(epoch FROM month)::bigint * 1000;
                following := extract(
                    epoch FROM (month AT TIME ZONE 'UTC' + interval '1 month') AT TIME ZONE 'UTC')::bigint * 1000;
                name := 'audit_events_' || to_char(month AT TIME ZONE 'UTC', 'YYYY_MM');
                CONTINUE WHEN to_regclass(format('%I.%I', current_schema(), name)) IS NOT NULL;
                BEGIN
                    EXECUTE format(
                        'CREATE TABLE %I PARTITION OF audit_events FOR VALUES FROM (%s) TO (%s)', name, first, following
                    );
                EXCEPTION WHEN check_violation THEN
                    -- Events of that month lie with the others already, and stay there.
                    NULL;
                END;
            END LOOP;
        END
        $$;
        REVOKE ALL ON FUNCTION add_audit_months() FROM PUBLIC;
        """

    /// Where the chains go on once months before were detached. The owner alone writes here.
    private static let checkpoints = """

        CREATE TABLE audit_checkpoints (
            organization_id bigint PRIMARY KEY REFERENCES organizations (id),
            event_id bigint NOT NULL,
            link bytea NOT NULL
        );
        """
}
