-- The short way through acquire.lua: nobody holds the lock, nobody waits for it, and all that is wanted is the lock.
-- It is the most frequent case. The long way would decide the same, but makes everything ready for a queue first.
--
-- Loaded behind tokens.lua; for KEYS and ARGV see acquire.lua.

if not ARGV[6] and redis.call('EXISTS', LOCK, KEYS[2]) == 0 then
  return { 'granted', grant(ID, tonumber(ARGV[2]), tonumber(ARGV[3]), tonumber(ARGV[4])), ARGV[3] }
end
