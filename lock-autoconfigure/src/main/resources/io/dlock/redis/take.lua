-- How the short ways give a lock to a grant. Loaded in front of everything else. Tokens: tokens.lua.

-- The last token that a fence tells, 0 where there is none, or nothing where that is no token.
local function told_by(fenced)
  local last = tonumber(fenced or 0)
  if last and (last < 0 or last >= 2 ^ 53 or last % 1 ~= 0) then
    return nil
  end
  return last
end

-- To write such a number takes longer than to read a key, and many grants of one script have the same first token.
local written, written_as
local function text_of(token)
  if token ~= written then
    written, written_as = token, string.format('%.0f', token)
  end
  return written_as
end

-- Gives a lock to a grant, and answers its first token. The fence keeps its TTL for two seconds, since to write it costs
-- as much as the token: so it stays for two less, at most.
local function take(now_us, lock, fence, last, fence_left_ms, id, ttl_ms, tokens, seen_token)
  local first = math.max(last + 1, now_us, seen_token + 1)
  local token = text_of(first)
  local last_token = tokens == '1' and token or string.format('%.0f', first + tokens - 1)
  local ttl = tonumber(ttl_ms)
  local kept = math.max(60000 + ttl, 3 * ttl)
  redis.call('SET', lock, id .. ' ' .. token .. ' ' .. tokens, 'PX', ttl_ms)
  if fence_left_ms < kept - 2000 then
    redis.call('SET', fence, last_token, 'PX', kept)
  else
    redis.call('SET', fence, last_token, 'KEEPTTL')
  end
  return first
end
