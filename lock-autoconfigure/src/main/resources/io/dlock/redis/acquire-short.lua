-- The short ways through acquire.lua, for somebody who wants the lock and nothing else: to take it where it is free and
-- nobody waits, and to join the queue where another instance has it. The long way would do the same, but makes
-- everything ready first that jobs, yields and dead entries need.
--
-- Loaded behind take.lua and in front of everything else, of which it needs nothing. Entries of the queue: queue.lua.

-- Takes and returns what acquire.lua does; nothing where the way is a long one, and then nothing has been written.
local function acquire_short(now_us, lock, queue, waiting, fence, id, ttl_ms, tokens, seen_token, mode)
  local last = told_by(redis.pcall('GET', fence))
  if last and redis.call('EXISTS', lock, queue) == 0 then
    local first = take(now_us, lock, fence, last, redis.call('PTTL', fence), id, ttl_ms, tokens, seen_token)
    return { 'granted', first, tokens }
  end

  local ttl = tonumber(ttl_ms)
  local value = last and mode ~= 'T' and redis.pcall('GET', lock)
  if type(value) == 'string' then
    local holder, first, count = string.match(value, '^(%S+):%d+ (%d+) (%d+)$')
    local me, counter = string.match(id, '^(.*):(%d+)$')
    local left_ms = redis.call('PTTL', lock)
    local head = redis.pcall('ZRANGE', queue, 0, 3)
    if holder and holder ~= me and first + count < 2 ^ 53 and left_ms >= 0 and not head.err
        and redis.pcall('HGET', waiting, me) == false then
      local now_ms = math.floor(now_us / 1000)
      local all_live = true
      for n = 1, #head do
        local entry = redis.call('HGET', waiting, head[n]) or ''
        local entry_ttl, seen = string.match(entry, '^%d+ ([1-9]%d*) [1-9]%d* (%d+) [LP]$')
        all_live = all_live and seen and now_ms - seen <= tonumber(entry_ttl)
      end
      if all_live then
        local kept = head[1] and math.max(ttl, redis.call('PTTL', queue)) or ttl
        redis.call('ZADD', queue, 'NX', now_us, me)
        redis.call('HSET', waiting, me,
          counter .. ' ' .. ttl_ms .. ' ' .. tokens .. string.format(' %.0f ', now_ms) .. mode)
        redis.call('PEXPIRE', queue, kept)
        redis.call('PEXPIRE', waiting, kept)
        local position = head[1] and redis.call('ZRANK', queue, me) + 1 or 1
        local left_us = left_ms * 1000 + 1000 - now_us % 1000
        return { 'queued', holder, left_us, position, math.max(last, first + count - 1), mode }
      end
    end
  end
end
