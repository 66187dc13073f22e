-- The short way through acquire.lua: nobody holds the lock, and nobody waits for it. What needs no queue and no job is
-- granted here, before anything is made ready for these. It is the most frequent case, and the long way would decide
-- the same.
--
-- Loaded behind tokens.lua.

if not ARGV[9] and redis.call('EXISTS', LOCK, KEYS[2]) == 0 then
  return { 'granted', grant(INSTANCE, COUNTER, tonumber(ARGV[4]), tonumber(ARGV[5]), tonumber(ARGV[6])), ARGV[5] }
end
