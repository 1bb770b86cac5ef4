-- Rows in Redis: both in one round trip, over a connection from a pool.
local redis = {}

local function value(socket)
    local line, problem = socket:receive()
    if not line then return nil, problem end
    local length = tonumber(line:sub(2))
    if length < 0 then return nil end
    local data = socket:receive(length + 2)
    return data and data:sub(1, length)
end

function redis.open(host, port)
    return function(caller, subject)
        local socket = ngx.socket.tcp()
        socket:settimeout(2000)
        local connected, problem = socket:connect(host, port)
        if not connected then error("no connection to Redis: " .. problem) end
        socket:send("*3\r\n$4\r\nMGET\r\n$32\r\n" .. caller .. "\r\n$32\r\n" .. subject .. "\r\n")
        local head = socket:receive()
        if head ~= "*2" then error("not an answer of Redis: " .. tostring(head)) end
        local first, second = value(socket), value(socket)
        socket:setkeepalive(60000, 128)
        return first, second
    end
end

return redis
