-- Claims a tick for a grant that holds the lock: a leader's next run.
--
-- KEYS    lock, queue, waiting, fence, job: see lock.lua, queue.lua and tick.lua
-- ARGV[1] the grant that holds the lock
-- ARGV[2] id of the claim   ARGV[3] schedule   ARGV[4] AT, EVERY or AFTER   ARGV[5] ms: the tick's time, or how long
-- ago it was due   ARGV[6] period in ms   ARGV[7] how long the tick is remembered, in ms
--
-- Returns {claimed}
--      or {ran, time of the last tick in ms, who took it}
--      or {lost}, when the grant does not hold the lock any more
--
-- May be repeated: a claim that took the tick takes it again.

if not IS_HOLDER then
  return { 'lost' }
end
local claim = { id = ARGV[2], schedule = ARGV[3], kind = ARGV[4], millis = tonumber(ARGV[5]),
  period = tonumber(ARGV[6]), kept = tonumber(ARGV[7]) }
local tick, last, by = judge(claim)
if not tick then
  return { 'ran', last, by }
end
take(claim, tick)
return { 'claimed' }
