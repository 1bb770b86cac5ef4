-- What a gateway's plug-in does for one request: hash the caller's key and the subject's, look both up, decide, answer.
--
-- It does no more than it must, so that it is a hard baseline: SHA-256 without a pepper, through OpenSSL's streaming
-- functions, which skip the look-up of an algorithm; no JSON parser, just the three members by pattern; rows as text.
--
-- A row: id TAB handle TAB name TAB organization TAB grants; a grant: NEWLINE resource SPACE ,action,action,
local ffi = require "ffi"

ffi.cdef [[
    typedef struct {
        unsigned int h[8];
        unsigned int Nl, Nh;
        unsigned int data[16];
        unsigned int num, md_len;
    } SHA256_CTX;
    int SHA256_Init(SHA256_CTX *context);
    int SHA256_Update(SHA256_CTX *context, const void *data, size_t length);
    int SHA256_Final(unsigned char *digest, SHA256_CTX *context);
]]

local context = ffi.new("SHA256_CTX")
local digest = ffi.new("unsigned char[32]")
local find, match, sub = string.find, string.match, string.sub

local verify = {}

local function sha256(text)
    ffi.C.SHA256_Init(context)
    ffi.C.SHA256_Update(context, text, #text)
    ffi.C.SHA256_Final(digest, context)
    return ffi.string(digest, 32)
end

-- Whether a row's grants allow an action at a resource, there or above.
local function allows(row, action, resource)
    local wanted = "," .. action .. ","
    local from = find(row, "\n", 1, true)
    while from do
        local blank = find(row, " ", from, true)
        local to = find(row, "\n", blank, true)
        local place = sub(row, from + 1, blank - 1)
        local covers = place == resource or (sub(resource, 1, #place) == place and sub(resource, #place + 1, #place + 1) == ":")
        if covers then
            local at = find(row, wanted, blank, true)
            if at and (not to or at < to) then return true end
        end
        from = to
    end
    return false
end

local function refuse(status, text)
    ngx.status = status
    ngx.header["Content-Type"] = "application/json"
    ngx.print('{"message":"', text, '"}')
end

function verify.answer()
    local bearer = ngx.var.http_authorization
    local caller_key = bearer and match(bearer, "^Bearer (.+)$")
    if not caller_key then return refuse(401, "No credential.") end
    ngx.req.read_body()
    local body = ngx.req.get_body_data()
    local key = body and match(body, '"api_key":"([^"]+)"')
    if not key then return refuse(400, "No key.") end
    local action, resource = match(body, '"action":"([^"]+)"'), match(body, '"nrn":"([^"]+)"')

    local caller, row = verify.lookup(sha256(caller_key), sha256(key))
    if not caller then return refuse(401, "Bad credential.") end
    if not allows(caller, "authz:check", "organization=1") then return refuse(403, "Missing permission.") end
    ngx.header["Content-Type"] = "application/json"
    if not row then
        return ngx.print('{"valid":false,"code":"NOT_FOUND","allowed":false}')
    end
    local id, handle, name, organization = match(row, "^([^\t]*)\t([^\t]*)\t([^\t]*)\t([^\n]*)")
    local allowed = allows(row, action, resource)
    ngx.print(
        '{"valid":true,"code":"', allowed and "VALID" or "FORBIDDEN", '","allowed":', allowed and "true" or "false",
        ',"key_id":', id, ',"handle":"', handle, '","name":"', name, '","organization_id":', organization,
        ',"expires_at":null,"enabled":true}'
    )
end

return verify
