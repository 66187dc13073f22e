-- Takes many steps of acquire.lua and release.lua, one after the other, as far as their short ways lead.
--
-- KEYS    for each step those of its lock: lock, queue, waiting, fence; for a release also job
-- ARGV[1] the greatest token that the instance has seen on any key
-- ARGV    for each step two more: terms, grant. The terms of a release are empty; those of an acquire are its TTL in ms,
--         tokens and mode, with spaces between: see acquire.lua
--
-- Returns for each step the first token where the lock was taken, with as many as were wanted; 0 where it was given
-- back, and nobody refused to tell; nothing where its way is a long one: nothing has been done for it then, and its own
-- script has to be sent; and otherwise what its own script would return.
--
-- An error of one step ends the script. All of them may be repeated by their own scripts.

local clock = redis.call('TIME')
local now_us = clock[1] * 1000000 + clock[2]

local seen_token = tonumber(ARGV[1])

local replies = {}
local key = 1
local terms, ttl_ms, tokens, mode
for word = 2, #ARGV, 2 do
  local lock, queue, waiting, fence, id = KEYS[key], KEYS[key + 1], KEYS[key + 2], KEYS[key + 3], ARGV[word + 1]
  local reply
  if ARGV[word] == '' then
    reply = release_short(lock, queue, waiting, fence, KEYS[key + 4], id)
    if reply and reply[1] == '' then
      reply = 0
    end
    key = key + 5
  else
    if ARGV[word] ~= terms then
      terms = ARGV[word]
      ttl_ms, tokens, mode = string.match(terms, '^(%d+) (%d+) (%u)$')
    end
    reply = acquire_short(now_us, lock, queue, waiting, fence, id, ttl_ms, tokens, seen_token, mode)
    if reply and reply[1] == 'granted' then
      reply = reply[2]
    end
    key = key + 4
  end
  replies[#replies + 1] = reply or false
end
return replies
