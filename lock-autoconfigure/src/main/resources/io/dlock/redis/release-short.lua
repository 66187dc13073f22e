-- The short ways through release.lua, for a grant that holds the lock, where no job has ever wanted it and the fence is
-- at the grant's last token: to free the lock where nobody waits, and to hand it to the first in the queue if that
-- listens and lives. The long way would do the same, but makes everything ready first that jobs, dead entries and
-- grants that only wait need.
--
-- Loaded behind take.lua and in front of everything else, of which it needs nothing. Entries of the queue: queue.lua.

-- The last token of a grant that holds a lock, or nothing where the lock's value and the fence do not both say so.
local function last_of(value, fenced, id)
  if not value or not fenced then
    return nil
  end
  local last
  if value == id .. ' ' .. fenced .. ' 1' and not string.find(fenced, '%D') then
    last = tonumber(fenced)
  else
    local mine = id .. ' '
    local first, count = string.match(value, '^(%d+) (%d+)$', #mine + 1)
    last = first and string.sub(value, 1, #mine) == mine and first + count - 1
    if last and fenced ~= string.format('%.0f', last) then
      last = nil
    end
  end
  return last and last < 2 ^ 53 and last or nil
end

-- Takes and returns what release.lua does; nothing where the way is a long one, and then nothing has been written. A
-- lock that is freed leaves its fence alone, which outlives it by a minute anyway; where it is handed over, the fence
-- keeps its TTL for two seconds, as in take.lua.
local function release_short(lock, queue, waiting, fence, job, id)
  local value = redis.pcall('GET', lock)
  local fenced = type(value) == 'string' and redis.pcall('GET', fence)
  local last = type(fenced) == 'string' and last_of(value, fenced, id)
  if not last then
    return nil
  end

  local others = redis.call('EXISTS', queue, job)
  if others == 0 then
    redis.call('DEL', lock)
    return { '' }
  end

  -- If it is one, and a queue, it is no job.
  local heir = others == 1 and redis.pcall('ZRANGE', queue, 0, 0)[1]
  local entry = heir and redis.pcall('HGET', waiting, heir)
  if type(entry) ~= 'string' then
    return nil
  end
  local counter, ttl_ms, tokens, seen = string.match(entry, '^(%d+) ([1-9]%d*) ([1-9]%d*) (%d+) L$')
  local clock = redis.call('TIME')
  local now_us = clock[1] * 1000000 + clock[2]
  local channel = string.match(lock, '^[^{]*') .. 'grants:' .. heir
  local subscribers = redis.pcall('PUBSUB', 'NUMSUB', channel)
  if counter and #counter < 16 and #ttl_ms < 16 and #tokens < 16 and #seen < 16
      and math.floor(now_us / 1000) - seen <= tonumber(ttl_ms) and not subscribers.err and subscribers[2] > 0 then
    local fence_left_ms = redis.call('PTTL', fence)
    redis.call('ZREM', queue, heir)
    redis.call('HDEL', waiting, heir)
    local first = take(now_us, lock, fence, last, fence_left_ms, heir .. ':' .. counter, ttl_ms, tokens, 0)
    local told = redis.pcall('PUBLISH', channel,
      counter .. ' ' .. text_of(first) .. ' ' .. tokens .. ' ' .. ttl_ms .. ' ' .. lock)
    return { type(told) == 'table' and told.err or '' }
  end
end
