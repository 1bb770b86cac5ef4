// Examples of API keys. The values have the right form and a wrong checksum, so that none is mistaken for a real key.

extension OpenAPIDocument {
    /// A key as lists and answers show it.
    static let apiKeyExample = "{\(apiKeyExampleMembers)}"

    private static let apiKeyExampleMembers = #"""
        "id": 57,
        "name": "ci-main",
        "masked_api_key": "kw_EXAMPLE00001_…0000",
        "tags": [{"key": "team", "value": "payments"}],
        "grants": [
          {"nrn": "organization=1:account=2", "role_id": 1855672260, "role_slug": "machine:ci"},
          {
            "nrn": "organization=1:account=3",
            "role_id": 2000000012,
            "role_slug": "apikey:57:2",
            "actions": ["build:create", "build:read"],
            "inherits": [],
            "added": [],
            "removed": []
          }
        ],
        "owner_id": 7,
        "user_id": 1099511627833,
        "enabled": true,
        "expires_at": null,
        "last_used_at": "2026-01-02T03:04:05.678Z",
        "created_at": "2026-01-01T00:00:00.000Z",
        "updated_at": "2026-01-01T00:00:00.000Z"
        """#

    static let apiKeyExamples = #"""
        "APIKey": {"summary": "A key with a role and a grant of actions", "value": \#(apiKeyExample)},
        "CreatedAPIKey": {
          "summary": "A new key",
          "value": {
            \#(apiKeyExampleMembers),
            "api_key": "kw_EXAMPLE00001_00000000000000000000000000000000000000"
          }
        }
        """#

    static let apiKeyRequestExamples = #"""
        "CreateAPIKey": {
          "summary": "A key with a role",
          "value": {
            "name": "ci-main",
            "grants": [{"nrn": "organization=1:account=2", "role_slug": "machine:ci"}],
            "tags": [{"key": "team", "value": "payments"}],
            "expires_at": "2100-01-01T00:00:00Z"
          }
        },
        "CreateAPIKeyWithActions": {
          "summary": "A key with single actions",
          "value": {
            "name": "build reporter",
            "grants": [{"nrn": "organization=1:account=2", "actions": ["build:create", "build:read"]}]
          }
        },
        "CreateAPIKeyWithInheritance": {
          "summary": "A key with the actions of a role, changed",
          "value": {
            "name": "release bot",
            "grants": [
              {
                "nrn": "organization=1:account=2",
                "inherits": ["member"],
                "actions": {"add": ["release:create"], "remove": ["log:read"]}
              }
            ]
          }
        },
        "UpdateAPIKey": {
          "summary": "New grants and another name",
          "value": {
            "name": "ci-main-2026",
            "grants": [
              {"nrn": "organization=1:account=2", "role_slug": "machine:ci"},
              {"nrn": "organization=1:account=3", "role_id": 704380989}
            ]
          }
        },
        "DisableAPIKey": {"summary": "Disable a key", "value": {"enabled": false}},
        "ClearAPIKeyTags": {"summary": "No tags, no expiry", "value": {"tags": [], "expires_at": null}}
        """#
}
