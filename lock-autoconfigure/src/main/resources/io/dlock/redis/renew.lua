-- Lets the TTL of many grants begin anew. Each has a verdict of its own: what is wrong with one key does not starve
-- the rest.
--
-- KEYS[2n-1] lock    STRING  <grant id> <first token> <number of tokens>
-- KEYS[2n]   fence   STRING  the last token issued
-- ARGV[2n-1] the lock's value if the grant holds it   ARGV[2n] TTL in ms
--
-- Returns for each grant that was not renewed {n, deleted} or {n, taken, by whom} or {n, unknown, why}

local KEPT_MS = 60000 -- as in tokens.lua
local SPARED_MS = 2000 -- for so long the fence keeps its TTL, as in take.lua

local VALUE = '^(%S+:%d+) (%d+) (%d+)$'

local function text(number)
  return string.format('%.0f', number)
end

local function fence_ttl(ttl)
  return math.max(KEPT_MS + ttl, 3 * ttl)
end

local function last_token(grant)
  local _, first, count = string.match(grant, VALUE)
  return text(first + count - 1)
end

-- Why a grant is not the lock's, or nil if it is.
local function refusal(value, grant)
  local holder, token = string.match(value, VALUE)
  if not holder then
    return { 'taken', '(not a dlock value: string)' }
  end
  local id, first = string.match(grant, VALUE)
  if holder ~= id then
    return { 'taken', holder }
  end
  if token ~= first then
    -- A failover brought back an old state in which this id waited, and it was granted anew.
    return { 'taken', holder .. ', granted anew with token ' .. token }
  end
  return nil
end

-- Whether Redis has lost its memory of the grant: of all, since lock and fence are never gone together otherwise, or of
-- what came last, in a failover. Whoever had the lock since then would have moved the fence past the grant's first
-- token (if not, for a clock that went back, his tokens were smaller, and he has gone). And where somebody has deleted
-- the lock, the fence is still at the grant's last.
local function forgotten(fence, grant)
  if redis.call('EXISTS', fence) == 0 then
    return true
  end
  local fenced = redis.pcall('GET', fence)
  if type(fenced) ~= 'string' or not string.find(fenced, '^%d+$') then
    return false
  end
  local _, first = string.match(grant, VALUE)
  return tonumber(fenced) < tonumber(first)
end

local function renew(lock, fence, grant, ttl)
  local value = redis.pcall('GET', lock)
  if type(value) == 'table' then
    if string.find(value.err, 'WRONGTYPE', 1, true) then
      return { 'taken', '(not a dlock value: ' .. redis.call('TYPE', lock).ok .. ')' }
    end
    return { 'unknown', value.err }
  end

  if not value then
    if not forgotten(fence, grant) then
      return { 'deleted' }
    end
    -- The holder knows best.
    redis.call('SET', lock, grant, 'PX', ttl)
    redis.call('SET', fence, last_token(grant), 'PX', fence_ttl(ttl))
    return nil
  end

  local refused = value ~= grant and refusal(value, grant)
  if refused then
    return refused
  end
  local kept = fence_ttl(ttl)
  local fence_left_ms = redis.call('PTTL', fence)
  local left_ms = redis.call('PTTL', lock)
  -- A job may have asked for a longer time than the TTL. This is a write in any case: to be acknowledged by replicas.
  redis.call('PEXPIRE', lock, left_ms > tonumber(ttl) and left_ms or ttl)
  if fence_left_ms == -2 then
    redis.call('SET', fence, last_token(grant), 'PX', kept)
  elseif fence_left_ms < kept - SPARED_MS then
    redis.call('PEXPIRE', fence, kept)
  end
  return nil
end

local others = {}
for n = 1, #KEYS / 2 do
  local done, verdict = pcall(renew, KEYS[2 * n - 1], KEYS[2 * n], ARGV[2 * n - 1], ARGV[2 * n])
  if not done then
    verdict = { 'unknown', type(verdict) == 'table' and verdict.err or tostring(verdict) }
  end
  if verdict then
    table.insert(verdict, 1, n)
    others[#others + 1] = verdict
  end
end
return others
