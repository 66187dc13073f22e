-- How the scripts read what stands in Redis; loaded in front of all others but the short ways and renew.lua.
--
-- Rules for every script: all is read and checked before the first write, so that none stops half-way; time is
-- Redis' own; a value that is not as written in these files is somebody else's: not trusted, and not overwritten.
-- Arguments come from the library, and are trusted.

-- Lua's own conversion of a number into text drops digits. What redis.call gets, and what a script returns, need not
-- be converted: Redis does that, and drops none of a whole number that Lua can count with.
local function text(number)
  return string.format('%.0f', number)
end

-- The whole number that is written there, if it is one that Lua can count with.
local function number(digits)
  local value = tonumber(digits)
  return value and value >= 0 and value < 2 ^ 53 and value % 1 == 0 and value or nil
end

-- A read that answers false, and that it is foreign, where a key has another type than ours. Any other refusal ends
-- the script.
local function read(...)
  local answer = redis.pcall(...)
  if type(answer) == 'table' and answer.err then
    if string.find(answer.err, 'WRONGTYPE', 1, true) then
      return false, true
    end
    return redis.call(...)
  end
  return answer, false
end
