-- Lets the TTL of many grants begin anew. Each has a verdict of its own: what is wrong with one key does not starve
-- the rest.
--
-- KEYS[2n-1] lock    STRING  <grant id> <first token> <number of tokens>
-- KEYS[2n]   fence   STRING  the last token issued
-- ARGV[4n-3] grant id   ARGV[4n-2] first token   ARGV[4n-1] number of tokens   ARGV[4n] TTL in ms
--
-- Returns for each grant renewed or {deleted} or {taken, by whom} or {unknown, why}

local KEPT_MS = 60000 -- as in tokens.lua

local function text(number)
  return string.format('%.0f', number)
end

local function fence_ttl(fence, ttl)
  return math.max(KEPT_MS, 3 * ttl, redis.call('PTTL', fence))
end

local function renew(lock, fence, id, first, count, ttl)
  local last = text(first + count - 1)
  local value = redis.pcall('GET', lock)
  if type(value) == 'table' then
    if string.find(value.err, 'WRONGTYPE', 1, true) then
      return { 'taken', '(not a dlock value: ' .. redis.call('TYPE', lock).ok .. ')' }
    end
    return { 'unknown', value.err }
  end

  if not value then
    if redis.call('EXISTS', fence) == 1 then
      return { 'deleted' }
    end
    -- Redis has lost its memory: lock and fence would never be gone together otherwise. The holder knows best.
    redis.call('SET', lock, id .. ' ' .. first .. ' ' .. count, 'PX', ttl)
    redis.call('SET', fence, last, 'PX', fence_ttl(fence, ttl))
    return 'renewed'
  end

  local holder, token = string.match(value, '^(%S+:%d+) (%d+) %d+$')
  if not holder then
    return { 'taken', '(not a dlock value: string)' }
  end
  if holder ~= id then
    return { 'taken', holder }
  end
  if token ~= first then
    -- A failover brought back an old state in which this id waited, and it was granted anew.
    return { 'taken', holder .. ', granted anew with token ' .. token }
  end
  local kept = fence_ttl(fence, ttl)
  -- A job may have asked for a longer time than the TTL.
  redis.call('PEXPIRE', lock, math.max(ttl, redis.call('PTTL', lock)))
  if redis.call('PEXPIRE', fence, kept) == 0 then
    redis.call('SET', fence, last, 'PX', kept)
  end
  return 'renewed'
end

local verdicts = {}
for n = 1, #KEYS / 2 do
  local done, verdict = pcall(renew, KEYS[2 * n - 1], KEYS[2 * n], ARGV[4 * n - 3], ARGV[4 * n - 2], ARGV[4 * n - 1],
    ARGV[4 * n])
  if not done then
    verdict = { 'unknown', type(verdict) == 'table' and verdict.err or tostring(verdict) }
  end
  verdicts[n] = verdict
end
return verdicts
