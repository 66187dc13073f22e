-- The short ways through acquire.lua, for somebody who wants the lock and nothing else: to take it where it is free and
-- nobody waits, and to join the queue where another instance has it. The long way would do the same, but makes
-- everything ready first that jobs, yields and dead entries need.
--
-- Loaded in front of everything else, of which it needs nothing. Tokens: tokens.lua; entries of the queue: queue.lua.

-- Takes and returns what acquire.lua does; nothing where the way is a long one, and then nothing has been written. The
-- fence keeps its TTL for two seconds, since to write it costs as much as the token: so it stays for two less, at most.
local function acquire_short(now_us, lock, queue, waiting, fence, id, ttl_ms, tokens, seen_token, mode)
  local ttl = tonumber(ttl_ms)
  local last = tonumber(redis.pcall('GET', fence) or 0)
  if last and (last < 0 or last >= 2 ^ 53 or last % 1 ~= 0) then
    last = nil
  end

  if last and redis.call('EXISTS', lock, queue) == 0 then
    local first = math.max(last + 1, now_us, seen_token + 1)
    local token = string.format('%.0f', first)
    local last_token = tokens == '1' and token or string.format('%.0f', first + tokens - 1)
    local kept = math.max(60000 + ttl, 3 * ttl)
    local fence_left_ms = redis.call('PTTL', fence)
    redis.call('SET', lock, id .. ' ' .. token .. ' ' .. tokens, 'PX', ttl_ms)
    if fence_left_ms < kept - 2000 then
      redis.call('SET', fence, last_token, 'PX', kept)
    else
      redis.call('SET', fence, last_token, 'KEEPTTL')
    end
    return { 'granted', first, tokens }
  end

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
