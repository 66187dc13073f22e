-- Takes many steps of acquire.lua and release.lua, of a lock each, as far as their short ways lead. Where nobody else
-- wants any of the locks, they are looked at all at once, since a command costs more than a key; otherwise one after
-- the other.
--
-- KEYS    of R releases all locks, then all fences, queues, jobs, waiting; of A acquires all locks, then all queues,
--         fences, waiting: see lock.lua, queue.lua, tick.lua and tokens.lua
-- ARGV[1] the greatest token that the instance has seen on any key
-- ARGV[2] R
-- ARGV    for each release its grant; then for each acquire two: its TTL in ms, tokens and mode, with spaces between,
--         and its grant: see acquire.lua
--
-- Returns for each step, the releases first, the first token where the lock was taken, with as many as were wanted; 0
-- where it was given back, and nobody refused to tell; nothing where its way is a long one: nothing has been done for
-- it then, and its own script has to be sent; and otherwise what its own script would return.
--
-- An error of one step ends the script. All of them may be repeated by their own scripts.

local clock = redis.call('TIME')
local now_us = clock[1] * 1000000 + clock[2]

local seen_token, R = tonumber(ARGV[1]), tonumber(ARGV[2])
local A = (#ARGV - 2 - R) / 2
local ACQUIRES = 5 * R -- where their keys begin, less one

local replies = {}
for step = 1, R + A do
  replies[step] = false
end

local terms, ttl_ms, tokens, mode
local function read_terms(word)
  if ARGV[word] ~= terms then
    terms = ARGV[word]
    ttl_ms, tokens, mode = string.match(terms, '^(%d+) (%d+) (%u)$')
  end
end

-- All at once. A queue or a job tells that somebody may want more than this.
if R > 0 and redis.call('EXISTS', unpack(KEYS, 2 * R + 1, 4 * R)) == 0 then
  local values = redis.pcall('MGET', unpack(KEYS, 1, 2 * R))
  local freed = {}
  for n = 1, values.err and 0 or R do
    if last_of(values[n], values[R + n], ARGV[2 + n]) then
      freed[#freed + 1] = KEYS[n]
      replies[n] = 0
    end
  end
  if freed[1] then
    redis.call('DEL', unpack(freed))
  end
end

if A > 0 and redis.call('EXISTS', unpack(KEYS, ACQUIRES + 1, ACQUIRES + 2 * A)) == 0 then
  local fences = redis.pcall('MGET', unpack(KEYS, ACQUIRES + 2 * A + 1, ACQUIRES + 3 * A))
  for n = 1, fences.err and 0 or A do
    local last = told_by(fences[n])
    if last then
      local key, word = ACQUIRES + n, R + 1 + 2 * n
      read_terms(word)
      local fence = KEYS[key + 2 * A]
      replies[R + n] = take(now_us, KEYS[key], fence, last, redis.call('PTTL', fence), ARGV[word + 1], ttl_ms, tokens,
        seen_token)
    end
  end
end

-- One after the other, what is left.
for n = 1, R do
  if not replies[n] then
    local reply = release_short(KEYS[n], KEYS[n + 2 * R], KEYS[n + 4 * R], KEYS[n + R], KEYS[n + 3 * R], ARGV[2 + n])
    replies[n] = reply and (reply[1] == '' and 0 or reply) or false
  end
end

for n = 1, A do
  if not replies[R + n] then
    local key, word = ACQUIRES + n, R + 1 + 2 * n
    read_terms(word)
    local reply = acquire_short(now_us, KEYS[key], KEYS[key + A], KEYS[key + 3 * A], KEYS[key + 2 * A], ARGV[word + 1],
      ttl_ms, tokens, seen_token, mode)
    replies[R + n] = reply and (reply[1] == 'granted' and reply[2] or reply) or false
  end
end

return replies
