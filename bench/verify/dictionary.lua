-- Rows in the memory that nginx's workers share.
local dictionary = {}

local function bytes(hexadecimal)
    return (hexadecimal:gsub("..", function(pair) return string.char(tonumber(pair, 16)) end))
end

-- Reads rows, a line each: digest in hexadecimal, TAB, row with its newlines written as "\n".
function dictionary.open(path)
    local rows = ngx.shared.rows
    for line in io.lines(path) do
        local stored, problem = rows:safe_set(bytes(line:sub(1, 64)), (line:sub(66):gsub("\\n", "\n")))
        if not stored then error("the shared dictionary is too small: " .. problem) end
    end
    return function(caller, subject) return rows:get(caller), rows:get(subject) end
end

return dictionary
