-- The queue of a lock, and the hand-over; loaded behind tokens.lua and lock.lua, in front of acquire.lua and release.lua.
--
-- KEYS[2] queue    ZSET    instance by the time it entered, in µs
-- KEYS[3] waiting  HASH    instance -> <counter> <ttl ms> <tokens wanted> <last seen ms> <L|P>
--                          L listens on its channel, P polls

local QUEUE, WAITING = KEYS[2], KEYS[3]
local INSTANCE, COUNTER = string.match(ID, '^(.*):(%d+)$')
COUNTER = tonumber(COUNTER)
local MAX_DEAD = 32 -- dead entries that one script clears; the next one goes on
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
local IS_HOLDER = HELD ~= nil and HELD.id == ID
LAST_TOKEN = math.max(LAST_TOKEN, HELD and HELD.last or 0)

-- A queue of another type counts as empty, and is left alone. In an empty one nobody has an entry; whether there can be
-- one is asked where somebody may enter.
local LENGTH, foreign_queue = read('ZCARD', QUEUE)
local my_entry, foreign_waiting
if LENGTH ~= 0 or HELD and not IS_HOLDER then
  my_entry, foreign_waiting = read('HGET', WAITING, INSTANCE)
end
local QUEUE_IS_OURS = not foreign_waiting and not foreign_queue
local MINE = my_entry and parse(INSTANCE, my_entry)

-- A later grant of this instance waits already: whoever asks is late.
local SUPERSEDED = MINE and MINE.counter > COUNTER

local function seen_lately(entry)
  return entry ~= nil and NOW_MS - entry.seen <= entry.ttl
end

-- The channel of an instance has the prefix that its locks have.
local function channel(instance)
  return string.match(LOCK, '^[^{]*') .. 'grants:' .. instance
end

-- A server that refuses to say who is subscribed drops nobody.
local function connected(entry)
  local subscribers = redis.pcall('PUBSUB', 'NUMSUB', channel(entry.instance))
  return subscribers.err ~= nil or subscribers[2] > 0
end

-- The first living entry, or nil, and the instances of the dead ones before it. The asker's own entry, unless a later
-- grant has it, is passed over or ends the search.
local function first_living(at_own)
  local dead = {}
  local rank = 0
  while QUEUE_IS_OURS and rank < LENGTH and #dead < MAX_DEAD do
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

-- Lets the time begin anew for which the fence stays.
local function touch_fence(ttl)
  local kept = math.max(KEPT_MS + ttl, 3 * ttl, FENCE_LEFT_MS)
  if FENCED == LAST_TOKEN then
    redis.call('PEXPIRE', FENCE, kept)
  else
    redis.call('SET', FENCE, LAST_TOKEN, 'PX', kept)
  end
end

-- Gives the lock to an entry, which leaves the queue together with the dead ones before it. The removal comes first:
-- unlike SET, it is permitted when Redis is out of memory, and permits the rest.
local function hand_over(entry, dead, seen)
  dead[#dead + 1] = entry.instance
  remove(dead)
  entry.first = grant(entry.instance .. ':' .. text(entry.counter), entry.ttl, entry.tokens, seen)
end

-- Tells an instance that it holds the lock now. An entry that polls is not told: it finds itself the holder at its
-- next ask. Answers why Redis refused, or nothing.
local function tell(entry)
  if not entry.listens then
    return ''
  end
  local told = redis.pcall('PUBLISH', channel(entry.instance), string.format('%.0f %.0f %.0f %.0f ', entry.counter,
    entry.first, entry.tokens, entry.ttl) .. LOCK)
  return type(told) == 'table' and told.err or ''
end
