-- Takes many steps of acquire.lua and release.lua, one after the other, as far as their short ways lead.
--
-- KEYS    for each step those of its lock: lock, queue, waiting, fence, job
-- ARGV    for each step acquire, grant, TTL, tokens, seen, mode: see acquire.lua; or release, grant: see release.lua
--
-- Returns for each step what its own script would return; nothing where its way is a long one: nothing has been done
-- for it then, and its own script has to be sent.
--
-- An error of one step ends the script. All of them may be repeated by their own scripts.

local clock = redis.call('TIME')
local now_us = clock[1] * 1000000 + clock[2]

local replies = {}
local key, word = 1, 1
while ARGV[word] do
  local lock, queue, waiting, fence, job = KEYS[key], KEYS[key + 1], KEYS[key + 2], KEYS[key + 3], KEYS[key + 4]
  local reply
  if ARGV[word] == 'acquire' then
    reply = acquire_short(now_us, lock, queue, waiting, fence,
      ARGV[word + 1], ARGV[word + 2], ARGV[word + 3], ARGV[word + 4], ARGV[word + 5])
    word = word + 6
  else
    reply = release_short(lock, queue, waiting, fence, job, ARGV[word + 1])
    word = word + 2
  end
  replies[#replies + 1] = reply or false
  key = key + 5
end
return replies
