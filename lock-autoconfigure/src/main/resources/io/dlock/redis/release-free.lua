-- The short way through release.lua: the grant holds the lock, nobody waits for it, no job has ever wanted it, and the
-- fence is at its last token. It is the most frequent case. The long way would do the same, but makes everything ready
-- for a queue first.
--
-- Loaded in front of everything else, of which it needs nothing; for KEYS and ARGV see release.lua.

local mine = ARGV[1] .. ' '
local value = redis.pcall('GET', KEYS[1])
if type(value) == 'string' and string.sub(value, 1, #mine) == mine then
  local first, count = string.match(value, '^(%d+) (%d+)$', #mine + 1)
  if first and redis.pcall('GET', KEYS[4]) == string.format('%.0f', first + count - 1)
      and redis.call('EXISTS', KEYS[2], KEYS[5]) == 0 then
    local fence_left_ms = redis.call('PTTL', KEYS[4])
    redis.call('DEL', KEYS[1])
    if fence_left_ms < 60000 then -- as in tokens.lua
      redis.call('PEXPIRE', KEYS[4], 60000)
    end
    return { '' }
  end
end
