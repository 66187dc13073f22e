-- Who holds a lock; loaded behind values.lua.
--
-- KEYS[1] lock     STRING  <instance>:<counter> <first token> <number of tokens>, with the TTL of the grant

-- Who holds the lock, or nil. Something foreign has a name for people instead of an id.
local function read_lock()
  local value, foreign = read('GET', KEYS[1])
  if not value and not foreign then
    return nil
  end
  local id, instance, first, count = string.match(value or '', '^((%S+):%d+) (%d+) (%d+)$')
  first, count = number(first), number(count)
  if first and count then
    return { id = id, instance = instance, first = first, count = count, last = first + count - 1 }
  end
  return { instance = '(not a dlock value: ' .. redis.call('TYPE', KEYS[1]).ok .. ')', first = 0, last = 0 }
end
