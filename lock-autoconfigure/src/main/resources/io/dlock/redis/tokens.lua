-- The tokens of a lock, and the grants that carry them; loaded behind values.lua, in front of whatever grants.
--
-- KEYS[1] lock     see lock.lua
-- KEYS[4] fence    STRING  the last token issued
--
-- ARGV[1] the grant that is asked for or given up: <instance>:<counter>

local LOCK, FENCE, ID = KEYS[1], KEYS[4], ARGV[1]
local KEPT_MS = 60000 -- by so much, the fence outlives the TTL of a grant

local clock = redis.call('TIME')
local NOW_US = clock[1] * 1000000 + clock[2]

local FENCED = number((read('GET', FENCE))) or 0
local FENCE_LEFT_MS = redis.call('PTTL', FENCE)
local LAST_TOKEN = FENCED

-- Gives the lock to a grant, with tokens that are greater than all before: on this key, and than those the asker has
-- seen on any key. The fence never gets a shorter TTL than it had: somebody with a longer one may count on it.
local function grant(id, ttl, tokens, seen)
  local first = math.max(LAST_TOKEN + 1, NOW_US, seen + 1)
  LAST_TOKEN = first + tokens - 1
  redis.call('SET', LOCK, id .. string.format(' %.0f %.0f', first, tokens), 'PX', ttl)
  redis.call('SET', FENCE, LAST_TOKEN, 'PX', math.max(KEPT_MS + ttl, 3 * ttl, FENCE_LEFT_MS))
  return first
end
