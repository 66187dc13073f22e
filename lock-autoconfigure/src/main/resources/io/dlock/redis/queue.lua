-- The queue of a lock, its tokens and the hand-over; loaded behind lock.lua, in front of acquire.lua and release.lua.
--
-- KEYS[2] queue    ZSET    instance by the time it entered, in µs
-- KEYS[3] waiting  HASH    instance -> <counter> <ttl ms> <tokens wanted> <last seen ms> <L|P>
--                          L listens on its channel, P polls
-- KEYS[4] fence    STRING  the last token issued
--
-- ARGV[1] the instance that asks
-- ARGV[2] the counter of the grant that it asks for or gives up
-- ARGV[3] what the name of every instance's channel begins with

local QUEUE, WAITING, FENCE = KEYS[2], KEYS[3], KEYS[4]
local INSTANCE, COUNTER, CHANNELS = ARGV[1], number(ARGV[2]), ARGV[3]
local ID = INSTANCE .. ':' .. ARGV[2]

local KEPT_MS = 60000 -- for at least this long, the fence stays after its last use
local MAX_DEAD = 32 -- dead entries that one script clears; the next one goes on

local clock = redis.call('TIME')
local NOW_US = clock[1] * 1000000 + clock[2]
local NOW_MS = math.floor(NOW_US / 1000)

-- What an entry says, or nil when it cannot be understood.
local function parse(instance, entry)
  local counter, ttl, tokens, seen, mode = string.match(entry or '', '^(%d+) (%d+) (%d+) (%d+) ([LP])$')
  counter, ttl, tokens, seen = number(counter), number(ttl), number(tokens), number(seen)
  if not (counter and ttl and tokens and seen) or ttl == 0 or tokens == 0 then
    return nil
  end
  return { instance = instance, counter = counter, ttl = ttl, tokens = tokens, seen = seen, listens = mode == 'L' }
end

local HELD = read_lock()
local LAST_TOKEN = math.max(number((read('GET', FENCE))) or 0, HELD and HELD.last or 0)
local FENCE_LEFT_MS = redis.call('PTTL', FENCE)

-- A queue of another type counts as empty, and is left alone.
local my_entry, foreign_waiting = read('HGET', WAITING, INSTANCE)
local length, foreign_queue = read('ZCARD', QUEUE)
local QUEUE_IS_OURS = not foreign_waiting and not foreign_queue
local MINE = parse(INSTANCE, my_entry)

-- A later grant of this instance waits already: whoever asks is late.
local SUPERSEDED = MINE ~= nil and MINE.counter > COUNTER

local function seen_lately(entry)
  return entry ~= nil and NOW_MS - entry.seen <= entry.ttl
end

-- A server that refuses to say who is subscribed drops nobody.
local function connected(entry)
  local subscribers = redis.pcall('PUBSUB', 'NUMSUB', CHANNELS .. entry.instance)
  return subscribers.err ~= nil or subscribers[2] > 0
end

-- The first living entry, or nil, and the instances of the dead ones before it. The asker's own entry, unless a later
-- grant has it, is passed over or ends the search.
local function first_living(at_own)
  local dead = {}
  local rank = 0
  while QUEUE_IS_OURS and rank < length and #dead < MAX_DEAD do
    local instance = redis.call('ZRANGE', QUEUE, rank, rank)[1]
    if at_own and instance == INSTANCE and not SUPERSEDED then
      if at_own == 'end' then
        break
      end
    else
      local entry = parse(instance, redis.call('HGET', WAITING, instance))
      if seen_lately(entry) and (not entry.listens or connected(entry)) then
        return entry, dead
      end
      dead[#dead + 1] = instance
    end
    rank = rank + 1
  end
  return nil, dead
end

local function remove(instances)
  if QUEUE_IS_OURS and #instances > 0 then
    redis.call('ZREM', QUEUE, unpack(instances))
    redis.call('HDEL', WAITING, unpack(instances))
  end
end

-- The fence never gets a shorter TTL than it had: somebody with a longer one may count on it.
local function write_fence(ttl)
  redis.call('SET', FENCE, text(LAST_TOKEN), 'PX', text(math.max(KEPT_MS, 3 * ttl, FENCE_LEFT_MS)))
end

-- Gives the lock to a grant, with tokens that are greater than all before: on this key, and than those the asker has
-- seen on any key.
local function grant(instance, counter, ttl, tokens, seen)
  local first = math.max(LAST_TOKEN + 1, NOW_US, seen + 1)
  LAST_TOKEN = first + tokens - 1
  redis.call('SET', LOCK, instance .. ':' .. text(counter) .. ' ' .. text(first) .. ' ' .. text(tokens),
    'PX', text(ttl))
  write_fence(ttl)
  return first
end

-- Gives the lock to an entry, which leaves the queue together with the dead ones before it. The removal comes first:
-- unlike SET, it is permitted when Redis is out of memory, and permits the rest.
local function hand_over(entry, dead, seen)
  dead[#dead + 1] = entry.instance
  remove(dead)
  entry.first = grant(entry.instance, entry.counter, entry.ttl, entry.tokens, seen)
end

-- Tells an instance that it holds the lock now. An entry that polls is not told: it finds itself the holder at its
-- next ask. Answers why Redis refused, or nothing.
local function tell(entry)
  if not entry.listens then
    return ''
  end
  local told = redis.pcall('PUBLISH', CHANNELS .. entry.instance, text(entry.counter) .. ' ' .. text(entry.first)
    .. ' ' .. text(entry.tokens) .. ' ' .. text(entry.ttl) .. ' ' .. LOCK)
  return type(told) == 'table' and told.err or ''
end
