-- How the scripts read the keys of one lock; loaded in front of all others but release-free.lua.
--
-- KEYS[1] lock     STRING  <instance>:<counter> <first token> <number of tokens>, with the TTL of the grant
--
-- Rules for every script: all is read and checked before the first write, so that none stops half-way; time is
-- Redis' own; a value that is not as written here is somebody else's: not trusted, and not overwritten.

local LOCK = KEYS[1]

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

-- Who holds the lock, or nil. Something foreign has a name for people instead of an id.
local function read_lock()
  local value, foreign = read('GET', LOCK)
  if not value and not foreign then
    return nil
  end
  local id, instance, first, count = string.match(value or '', '^((%S+):%d+) (%d+) (%d+)$')
  first, count = number(first), number(count)
  if first and count then
    return { id = id, instance = instance, first = first, count = count, last = first + count - 1 }
  end
  return { instance = '(not a dlock value: ' .. redis.call('TYPE', LOCK).ok .. ')', first = 0, last = 0 }
end
