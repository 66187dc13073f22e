-- The short ways through release.lua, for a grant that holds the lock, where no job has ever wanted it and the fence is
-- at the grant's last token: to free the lock where nobody waits, and to hand it to the first in the queue if that
-- listens and lives. The long way would do the same, but makes everything ready first that jobs, dead entries and
-- grants that only wait need.
--
-- Loaded in front of everything else, of which it needs nothing. Tokens: tokens.lua; entries of the queue: queue.lua.

-- Takes and returns what release.lua does; nothing where the way is a long one, and then nothing has been written. A
-- lock that is freed leaves its fence alone, which outlives it by a minute anyway; where it is handed over, the fence
-- keeps its TTL for two seconds, as in acquire-short.lua.
local function release_short(lock, queue, waiting, fence, job, id)
  local mine = id .. ' '
  local value = redis.pcall('GET', lock)
  if type(value) == 'string' and string.sub(value, 1, #mine) == mine then
    local first, count = string.match(value, '^(%d+) (%d+)$', #mine + 1)
    local last = first and first + count - 1
    local last_token = count == '1' and first or last and string.format('%.0f', last)
    if last and last < 2 ^ 53 and redis.pcall('GET', fence) == last_token then
      local others = redis.call('EXISTS', queue, job)

      if others == 0 then
        redis.call('DEL', lock)
        return { '' }
      end

      -- If it is one, and a queue, it is no job.
      local heir = others == 1 and redis.pcall('ZRANGE', queue, 0, 0)[1]
      local entry = heir and redis.pcall('HGET', waiting, heir)
      if type(entry) == 'string' then
        local counter, ttl, tokens, seen = string.match(entry, '^(%d+) ([1-9]%d*) ([1-9]%d*) (%d+) L$')
        local clock = redis.call('TIME')
        local now_us = clock[1] * 1000000 + clock[2]
        local channel = string.match(lock, '^[^{]*') .. 'grants:' .. heir
        local subscribers = redis.pcall('PUBSUB', 'NUMSUB', channel)
        if counter and #counter < 16 and #ttl < 16 and #tokens < 16 and #seen < 16
            and math.floor(now_us / 1000) - seen <= tonumber(ttl) and not subscribers.err and subscribers[2] > 0 then
          local token = string.format('%.0f', math.max(last + 1, now_us))
          redis.call('ZREM', queue, heir)
          redis.call('HDEL', waiting, heir)
          redis.call('SET', lock, heir .. ':' .. counter .. ' ' .. token .. ' ' .. tokens, 'PX', ttl)
          local kept = math.max(60000 + ttl, 3 * ttl)
          local block_end = tokens == '1' and token or string.format('%.0f', token + tokens - 1)
          if redis.call('PTTL', fence) < kept - 2000 then
            redis.call('SET', fence, block_end, 'PX', kept)
          else
            redis.call('SET', fence, block_end, 'KEEPTTL')
          end
          local told = redis.pcall('PUBLISH', channel,
            counter .. ' ' .. token .. ' ' .. tokens .. ' ' .. ttl .. ' ' .. lock)
          return { type(told) == 'table' and told.err or '' }
        end
      end
    end
  end
end
