-- Claims a tick for a grant that holds the lock: a leader's next run.
--
-- KEYS    lock, queue, waiting, fence, job: see lock.lua, queue.lua and tick.lua
-- ARGV[1] instance   ARGV[2] counter of the grant that holds the lock   ARGV[3] prefix of the channels
-- ARGV[4] id of the claim   ARGV[5] schedule   ARGV[6] AT, EVERY or AFTER   ARGV[7] ms: the tick's time, or how long
-- ago it was due   ARGV[8] period in ms   ARGV[9] how long the tick is remembered, in ms
--
-- Returns {claimed}
--      or {ran, time of the last tick in ms, who took it}
--      or {lost}, when the grant does not hold the lock any more
--
-- May be repeated: a claim that took the tick takes it again.

if not IS_HOLDER then
  return { 'lost' }
end
local claim = { id = ARGV[4], schedule = ARGV[5], kind = ARGV[6], millis = tonumber(ARGV[7]),
  period = tonumber(ARGV[8]), kept = tonumber(ARGV[9]) }
local tick, last, by = judge(claim)
if not tick then
  return { 'ran', last, by }
end
take(claim, tick)
return { 'claimed' }
