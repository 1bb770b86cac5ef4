-- The requests of one run. Arguments: FOLDER MODE [FIRST LAST].
--
-- Keys are read from files in FOLDER, a line each: key TAB resource. Modes:
--   plain      GET /
--   verify     POST /v1/verify for keys drawn at random; of a hundred requests one is for a key that was made last,
--              one for a key that does not exist, and ten ask for an action that the key does not have
--   keys, unknown, malformed   the same for such keys alone
--   forward    GET /forward-auth with the drawn key as the credential
--   create     POST /api_key with the key in the file `admin`
--   walk       each key from FIRST to LAST once, in order, as in `verify`; then the run ends
local random = math.random
local draw
local prefix = "RESULT "
local walked = "WALKED\n"

-- More requests than this take Lua's memory: of more keys, one in so many is drawn.
local most = 100000

local function entry(line)
    local key, resource = line:match("^([^\t]*)\t(.*)$")
    return { key, resource }
end

local function lines(path)
    local count = 0
    for _ in io.lines(path) do count = count + 1 end
    local step, number, result = math.ceil(count / most), 0, {}
    local chosen = random(step)
    for line in io.lines(path) do
        if number % step + 1 == chosen then result[#result + 1] = entry(line) end
        number = number + 1
    end
    return result
end

local function verify(caller, entry, action)
    local body = '{"api_key":"' .. entry[1] .. '","action":"' .. action .. '","nrn":"' .. entry[2] .. '"}'
    return "POST /v1/verify HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer " .. caller
        .. "\r\nContent-Type: application/json\r\nContent-Length: " .. #body .. "\r\n\r\n" .. body
end

local function forward(entry, action)
    local query = "action=" .. action .. "&nrn=" .. entry[2]
    return "GET /forward-auth?" .. query .. " HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer " .. entry[1] .. "\r\n\r\n"
end

local function create(admin, name)
    local body = '{"name":"bench-key-' .. name .. '","grants":[{"nrn":"organization=1","role_slug":"developer"}],"tags":['
        .. '{"key":"team","value":"t' .. random(100) .. '"},{"key":"n","value":"' .. name .. '"}]}'
    return "POST /api_key HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer " .. admin
        .. "\r\nContent-Type: application/json\r\nContent-Length: " .. #body .. "\r\n\r\n" .. body
end

-- A function that gives one of the requests at random.
local function any(requests)
    local count = #requests
    return function() return requests[random(count)] end
end

local function map(entries, make)
    local result = {}
    for index, entry in ipairs(entries) do result[index] = make(entry, index) end
    return result
end

function init(arguments)
    local folder, mode = arguments[1], arguments[2]
    math.randomseed(os.time())
    if mode == "plain" then
        local request = "GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"
        draw = function() return request end
        return
    end
    if mode == "create" then
        local admin = io.open(folder .. "/admin"):read("*l")
        local run, number = random(1000000), 0
        draw = function()
            number = number + 1
            return create(admin, run .. "-" .. number)
        end
        return
    end
    local caller = io.open(folder .. "/caller"):read("*l")
    local function make(entry, index)
        return verify(caller, entry, index % 10 == 0 and "security:update" or "deployment:create")
    end
    if mode == "verify" then
        local drawn = any(map(lines(folder .. "/keys.tsv"), make))
        local newest = any(map(lines(folder .. "/newest.tsv"), make))
        local unknown = any(map(lines(folder .. "/unknown.tsv"), make))
        draw = function()
            local chance = random(100)
            if chance == 1 then return newest() elseif chance == 2 then return unknown() else return drawn() end
        end
    elseif mode == "forward" then
        draw = any(map(lines(folder .. "/keys.tsv"), function(entry) return forward(entry, "deployment:create") end))
    elseif mode == "walk" then
        local first, last = tonumber(arguments[3]), tonumber(arguments[4])
        local next_line, number, request = io.lines(folder .. "/keys.tsv"), 0, nil
        while number < first - 1 do
            next_line()
            number = number + 1
        end
        draw = function()
            local line = number < last and next_line()
            if line then
                number = number + 1
                request = make(entry(line), number)
            else
                wrk.thread:stop()
                -- wrk itself sleeps on to the end of its time, unless it is interrupted.
                io.write(walked)
                io.flush()
                walked = ""
            end
            return request
        end
    else
        draw = any(map(lines(folder .. "/" .. mode .. ".tsv"), make))
    end
end

function request() return draw() end

function done(summary, latency)
    local errors = summary.errors
    io.write(prefix, string.format(
        '{"requests":%d,"seconds":%.6f,"p50":%.3f,"p99":%.3f,"failures":%d,"refusals":%d}\n',
        summary.requests, summary.duration / 1e6, latency:percentile(50) / 1000, latency:percentile(99) / 1000,
        errors.connect + errors.read + errors.write + errors.timeout, errors.status
    ))
end
