internal import GRDB

/// The schema of the embedded engine, step by step. A step that was released is never changed.
enum SQLiteSchema {
    static var migrator: DatabaseMigrator {
        var migrator = DatabaseMigrator()
        migrator.registerMigration("1") { try $0.execute(sql: first + sessions) }
        migrator.registerMigration("2") { try $0.execute(sql: tokens) }
        return migrator
    }

    /// Times are milliseconds since 1970 UTC, flags 0 or 1, absent levels of an NRN 0.
    private static let first = """
        CREATE TABLE settings (name TEXT PRIMARY KEY, value BLOB NOT NULL) STRICT, WITHOUT ROWID;
        CREATE TABLE counters (name TEXT PRIMARY KEY, last INTEGER NOT NULL) STRICT, WITHOUT ROWID;

        CREATE TABLE organizations (
            id INTEGER PRIMARY KEY,
            epoch INTEGER NOT NULL,
            key_count INTEGER NOT NULL CHECK (key_count >= 0),
            listed_key_count INTEGER NOT NULL CHECK (listed_key_count >= 0),
            expired_until INTEGER NOT NULL,
            audit_link BLOB NOT NULL
        ) STRICT;

        CREATE TABLE resources (
            level INTEGER NOT NULL CHECK (level BETWEEN 1 AND 5),
            id INTEGER NOT NULL CHECK (id > 0),
            parent_id INTEGER NOT NULL,
            organization_id INTEGER NOT NULL REFERENCES organizations (id),
            account_id INTEGER NOT NULL,
            namespace_id INTEGER NOT NULL,
            application_id INTEGER NOT NULL,
            scope_id INTEGER NOT NULL,
            name TEXT NOT NULL,
            name_key TEXT NOT NULL,
            slug TEXT NOT NULL,
            status TEXT NOT NULL CHECK (status IN ('active', 'inactive', 'deleted')),
            created_at INTEGER NOT NULL,
            updated_at INTEGER NOT NULL,
            PRIMARY KEY (level, id)
        ) STRICT, WITHOUT ROWID;
        CREATE UNIQUE INDEX resources_live_slug ON resources (level, parent_id, slug) WHERE status <> 'deleted';
        CREATE INDEX resources_by_organization ON resources (organization_id, level, id);

        CREATE TABLE users (
            id INTEGER PRIMARY KEY,
            organization_id INTEGER NOT NULL REFERENCES organizations (id),
            email TEXT NOT NULL UNIQUE,
            first_name TEXT NOT NULL,
            last_name TEXT NOT NULL,
            avatar TEXT NOT NULL,
            status TEXT NOT NULL CHECK (status IN ('active', 'inactive')),
            password_digest TEXT,
            created_at INTEGER NOT NULL,
            updated_at INTEGER NOT NULL
        ) STRICT;
        CREATE INDEX users_by_organization ON users (organization_id, id);

        CREATE TABLE roles (
            id INTEGER PRIMARY KEY,
            organization_id INTEGER NOT NULL REFERENCES organizations (id),
            slug TEXT NOT NULL,
            name TEXT NOT NULL,
            description TEXT NOT NULL,
            level INTEGER CHECK (level BETWEEN 1 AND 5),
            user_type TEXT CHECK (user_type IN ('person', 'machine')),
            actions TEXT NOT NULL,
            inherits TEXT NOT NULL,
            assignable TEXT NOT NULL,
            created_at INTEGER NOT NULL,
            updated_at INTEGER NOT NULL,
            UNIQUE (organization_id, slug)
        ) STRICT;

        CREATE TABLE grants (
            id INTEGER PRIMARY KEY,
            user_id INTEGER NOT NULL,
            organization_id INTEGER NOT NULL REFERENCES organizations (id),
            account_id INTEGER NOT NULL,
            namespace_id INTEGER NOT NULL,
            application_id INTEGER NOT NULL,
            scope_id INTEGER NOT NULL,
            role_id INTEGER NOT NULL,
            role_slug TEXT NOT NULL,
            actions TEXT,
            inherits TEXT,
            added TEXT,
            removed TEXT
        ) STRICT;
        CREATE INDEX grants_by_user ON grants (user_id, id);
        CREATE INDEX grants_by_custom_role ON grants (organization_id, role_id) WHERE role_id >= 2000000001;
        CREATE INDEX grants_inheriting ON grants (organization_id, inherits) WHERE inherits IS NOT NULL;
        CREATE INDEX grants_of_persons ON grants (organization_id, account_id, namespace_id, application_id, scope_id, user_id)
            WHERE user_id <= 1099511627776;

        CREATE TABLE api_keys (
            id INTEGER PRIMARY KEY,
            organization_id INTEGER NOT NULL REFERENCES organizations (id),
            name TEXT NOT NULL,
            name_key TEXT NOT NULL,
            handle TEXT NOT NULL UNIQUE,
            ending TEXT NOT NULL,
            digest BLOB NOT NULL CHECK (length(digest) = 32),
            pepper_version INTEGER NOT NULL,
            tags TEXT NOT NULL,
            owner_id INTEGER NOT NULL,
            is_internal INTEGER NOT NULL,
            is_enabled INTEGER NOT NULL,
            expires_at INTEGER,
            last_used_at INTEGER,
            use_count INTEGER NOT NULL DEFAULT 0,
            last_address TEXT,
            epoch INTEGER NOT NULL,
            version INTEGER NOT NULL,
            created_at INTEGER NOT NULL,
            updated_at INTEGER NOT NULL
        ) STRICT;
        CREATE INDEX api_keys_by_name ON api_keys (organization_id, name_key);
        CREATE INDEX api_keys_by_use ON api_keys (organization_id, last_used_at);
        CREATE INDEX api_keys_never_used ON api_keys (organization_id, created_at) WHERE last_used_at IS NULL;
        CREATE INDEX api_keys_by_ending ON api_keys (organization_id, ending);
        CREATE INDEX api_keys_by_expiry ON api_keys (organization_id, expires_at)
            WHERE expires_at IS NOT NULL AND is_internal = 0;

        CREATE TABLE api_key_sets (
            organization_id INTEGER NOT NULL,
            term TEXT NOT NULL,
            block INTEGER NOT NULL,
            members BLOB NOT NULL,
            PRIMARY KEY (organization_id, term, block)
        ) STRICT, WITHOUT ROWID;

        CREATE VIRTUAL TABLE api_key_search USING fts5 (
            name_key, content = 'api_keys', content_rowid = 'id', tokenize = 'trigram case_sensitive 1', detail = none,
            columnsize = 0
        );
        CREATE TRIGGER api_key_search_insert AFTER INSERT ON api_keys BEGIN
            INSERT INTO api_key_search (rowid, name_key) VALUES (new.id, new.name_key);
        END;
        CREATE TRIGGER api_key_search_delete AFTER DELETE ON api_keys BEGIN
            INSERT INTO api_key_search (api_key_search, rowid, name_key) VALUES ('delete', old.id, old.name_key);
        END;
        CREATE TRIGGER api_key_search_update AFTER UPDATE OF name_key ON api_keys
        WHEN new.name_key IS NOT old.name_key BEGIN
            INSERT INTO api_key_search (api_key_search, rowid, name_key) VALUES ('delete', old.id, old.name_key);
            INSERT INTO api_key_search (rowid, name_key) VALUES (new.id, new.name_key);
        END;

        CREATE TABLE deleted_api_keys (
            id INTEGER PRIMARY KEY,
            organization_id INTEGER NOT NULL,
            name TEXT NOT NULL,
            handle TEXT NOT NULL UNIQUE,
            digest BLOB NOT NULL,
            pepper_version INTEGER NOT NULL,
            deleted_at INTEGER NOT NULL,
            deleted_by INTEGER
        ) STRICT;

        CREATE TABLE audit_events (
            id INTEGER PRIMARY KEY,
            organization_id INTEGER NOT NULL,
            at INTEGER NOT NULL,
            action TEXT NOT NULL,
            outcome TEXT NOT NULL,
            user_id INTEGER,
            actor_type TEXT NOT NULL,
            credential TEXT,
            address TEXT,
            request_id TEXT,
            target_type TEXT NOT NULL,
            target_id TEXT NOT NULL,
            before_state TEXT,
            after_state TEXT,
            link BLOB NOT NULL
        ) STRICT;
        CREATE INDEX audit_events_by_organization ON audit_events (organization_id, id);
        CREATE INDEX audit_events_by_target ON audit_events (organization_id, target_type, target_id, id);
        CREATE INDEX audit_events_by_user ON audit_events (organization_id, user_id, id);
        CREATE INDEX audit_events_by_action ON audit_events (organization_id, action, id);
        CREATE TRIGGER audit_events_stay_unchanged BEFORE UPDATE ON audit_events BEGIN
            SELECT raise(ABORT, 'audit events are never changed');
        END;

        CREATE TABLE changes (
            sequence INTEGER PRIMARY KEY AUTOINCREMENT,
            organization_id INTEGER,
            subject TEXT NOT NULL,
            subject_id INTEGER NOT NULL,
            at INTEGER NOT NULL
        ) STRICT;

        CREATE TABLE signing_keys (id TEXT PRIMARY KEY, sealed BLOB NOT NULL, created_at INTEGER NOT NULL)
            STRICT, WITHOUT ROWID;

        CREATE TABLE one_time_tokens (
            digest BLOB PRIMARY KEY,
            purpose TEXT NOT NULL,
            user_id INTEGER REFERENCES users (id),
            expires_at INTEGER NOT NULL
        ) STRICT, WITHOUT ROWID;

        CREATE TABLE idempotency_records (
            user_id INTEGER NOT NULL,
            request_key TEXT NOT NULL,
            body_digest BLOB NOT NULL,
            api_key_id INTEGER NOT NULL,
            created_at INTEGER NOT NULL,
            PRIMARY KEY (user_id, request_key)
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX idempotency_records_by_age ON idempotency_records (created_at);
        """

    /// Revoked tokens, signing keys that are published before they sign, and the change log of one organization.
    private static let tokens = """
        CREATE TABLE revoked_tokens (
            number INTEGER PRIMARY KEY,
            name TEXT NOT NULL,
            organization_id INTEGER NOT NULL REFERENCES organizations (id),
            api_key_id INTEGER NOT NULL,
            expires_at INTEGER NOT NULL
        ) STRICT;
        CREATE INDEX revoked_tokens_by_organization ON revoked_tokens (organization_id, number);
        CREATE INDEX revoked_tokens_by_key ON revoked_tokens (api_key_id);
        CREATE INDEX revoked_tokens_by_end ON revoked_tokens (expires_at);

        ALTER TABLE signing_keys ADD COLUMN signs_from INTEGER NOT NULL DEFAULT 0;
        UPDATE signing_keys SET signs_from = created_at;

        CREATE INDEX changes_by_organization ON changes (organization_id, sequence);
        """

    /// People's sessions and what belongs to them.
    private static let sessions = """

        CREATE TABLE sessions (
            id INTEGER PRIMARY KEY,
            digest BLOB NOT NULL UNIQUE CHECK (length(digest) = 32),
            user_id INTEGER NOT NULL REFERENCES users (id),
            created_at INTEGER NOT NULL,
            last_seen_at INTEGER NOT NULL,
            expires_at INTEGER NOT NULL,
            address TEXT,
            user_agent TEXT NOT NULL
        ) STRICT;
        CREATE INDEX sessions_by_user ON sessions (user_id, id);
        CREATE INDEX sessions_by_end ON sessions (expires_at);

        CREATE TABLE sign_in_attempts (
            digest BLOB PRIMARY KEY,
            failures INTEGER NOT NULL,
            blocked_until INTEGER NOT NULL,
            resets_at INTEGER NOT NULL
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX sign_in_attempts_by_end ON sign_in_attempts (resets_at);

        CREATE TABLE form_drafts (
            id TEXT PRIMARY KEY,
            user_id INTEGER NOT NULL REFERENCES users (id),
            path TEXT NOT NULL,
            fields TEXT NOT NULL,
            expires_at INTEGER NOT NULL
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX form_drafts_by_user ON form_drafts (user_id, expires_at);
        CREATE INDEX form_drafts_by_end ON form_drafts (expires_at);
        """
}
