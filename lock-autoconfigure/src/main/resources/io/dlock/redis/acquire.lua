-- Asks for a lock, and with ARGV[6] gives up another grant of the same instance in the same step (yield).
--
-- KEYS    lock, queue, waiting, fence, job: see lock.lua, queue.lua and tick.lua
-- ARGV[1] the grant asked for
-- ARGV[2] its TTL in ms
-- ARGV[3] how many tokens are wanted
-- ARGV[4] the greatest token that the instance has seen on any key
-- ARGV[5] L or P: waits in the queue and listens, or polls; T: only tries
-- ARGV[6] only for a yield: the grant that is given up; empty for a job
-- ARGV[7] only for a job: for how many ms the key stays taken at least
-- ARGV[8] only for a job that claims a tick: its schedule   ARGV[9] AT, EVERY or AFTER   ARGV[10] ms: the tick's
-- time, or how long ago it was due   ARGV[11] period in ms   ARGV[12] how long the tick is remembered, in ms
--
-- Returns {granted, first token, tokens}
--      or {queued, holder, µs until the holder's TTL is over, position, greatest token issued so far, L or P}
--      or {held, holder, µs until the holder's TTL is over}
--      or {ran, time of the last tick in ms, who took it}: the grant neither has the lock by this, nor waits
--
-- May be repeated: a grant that holds the lock gets the same tokens again, one that waits keeps its place.

local TTL, TOKENS, SEEN, MODE = tonumber(ARGV[2]), tonumber(ARGV[3]), tonumber(ARGV[4]), ARGV[5]
local WAITS = MODE ~= 'T'
local PRUNED = 4 -- dead entries that an ask clears at each of two places

local CLAIM = ARGV[8] and { id = ID, schedule = ARGV[8], kind = ARGV[9], millis = tonumber(ARGV[10]),
  period = tonumber(ARGV[11]), kept = tonumber(ARGV[12]) }
local TICK, LAST_TICK, TAKER
if CLAIM then
  TICK, LAST_TICK, TAKER = judge(CLAIM)
  if not TICK then
    if MINE and MINE.counter == COUNTER then
      remove({ INSTANCE })
    end
    return { 'ran', LAST_TICK, TAKER }
  end
end

-- What a job gets with the lock. Answers for how long the key stays taken from now on.
local function begin_job()
  if not ARGV[7] then
    return TTL
  end
  if CLAIM then
    take(CLAIM, TICK)
  end
  local till = owed(ID)
  if not till then
    till = NOW_MS + ARGV[7]
    redis.call('HSET', JOB, 'owed',
      ID .. ' ' .. text(till) .. ' ' .. (CLAIM and CLAIM.kind == 'AFTER' and CLAIM.schedule or '-'))
    keep(KEPT_MS + ARGV[7])
  end
  return math.max(TTL, till - NOW_MS)
end

if IS_HOLDER then
  redis.call('PEXPIRE', LOCK, begin_job())
  touch_fence(TTL)
  return { 'granted', HELD.first, HELD.count }
end

local yields = ARGV[6] ~= nil and HELD ~= nil and HELD.id == ARGV[6]

-- Dead entries that nobody else would meet while the lock is held, for months perhaps: at the head, and behind the
-- asker. Nobody is asked for his connection here.
local function prunable()
  local found = redis.call('ZRANGE', QUEUE, 0, PRUNED - 1)
  local rank = redis.call('ZRANK', QUEUE, INSTANCE)
  if rank then
    for _, instance in ipairs(redis.call('ZRANGE', QUEUE, rank + 1, rank + PRUNED)) do
      found[#found + 1] = instance
    end
  end
  local dead = {}
  for _, instance in ipairs(found) do
    if instance ~= INSTANCE and not seen_lately(parse(instance, redis.call('HGET', WAITING, instance))) then
      dead[#dead + 1] = instance
    end
  end
  return dead
end

-- One entry per instance: a later grant takes the place of an earlier one, and never the other way. The queue stays for
-- as long as one of its entries can be living.
local function enter(queue_left_ms)
  if SUPERSEDED then
    return
  end
  local kept = math.max(TTL, queue_left_ms)
  redis.call('ZADD', QUEUE, 'NX', NOW_US, INSTANCE)
  redis.call('HSET', WAITING, INSTANCE, string.format('%.0f %.0f %.0f %.0f ', COUNTER, TTL, TOKENS, NOW_MS) .. MODE)
  redis.call('PEXPIRE', QUEUE, kept)
  redis.call('PEXPIRE', WAITING, kept)
end

local heir, dead
local holder, remaining_us
if HELD and not yields then
  local left_ms = redis.call('PTTL', LOCK)
  -- A key is there until the last of its milliseconds is over.
  holder, remaining_us = HELD.instance, left_ms * 1000 + 1000 - NOW_US % 1000
  if left_ms < 0 then
    remaining_us = TTL * 1000 -- it has no TTL: somebody has set it by hand, or persisted it
  end
  dead = WAITS and QUEUE_IS_OURS and LENGTH > 0 and prunable() or {}
else
  heir, dead = first_living(yields and 'pass' or 'end')
  if not heir then
    if not SUPERSEDED and LENGTH ~= 0 then
      dead[#dead + 1] = INSTANCE
    end
    remove(dead)
    local taken = begin_job()
    local first = grant(ID, TTL, TOKENS, SEEN)
    if taken > TTL then
      redis.call('PEXPIRE', LOCK, taken)
    end
    return { 'granted', first, TOKENS }
  end
  holder, remaining_us = heir.instance, heir.ttl * 1000
end

local queue_left_ms = LENGTH ~= 0 and redis.call('PTTL', QUEUE) or 0
if heir then
  hand_over(heir, dead, SEEN)
else
  remove(dead)
end
if not WAITS then
  if heir then
    tell(heir)
  end
  return { 'held', holder, remaining_us }
end

local position = 1
if QUEUE_IS_OURS then
  enter(queue_left_ms)
  position = (LENGTH > 0 and redis.call('ZRANK', QUEUE, INSTANCE) or 0) + 1
else
  MODE = 'P' -- nobody can push to one who is in no queue
end
if heir then
  tell(heir)
end
return { 'queued', holder, remaining_us, position, LAST_TOKEN, MODE }
