-- Who holds a lock, for people.
--
-- KEYS[1] lock: see lock.lua
--
-- Returns {instance, grant id, first token, ms that the TTL has left or -1}, or nothing when the lock is free

local held = read_lock()
if not held then
  return {}
end
return { held.instance, held.id or '', held.first, redis.call('PTTL', KEYS[1]) }
