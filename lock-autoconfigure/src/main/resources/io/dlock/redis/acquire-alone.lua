-- Tries the short ways of acquire.lua first. KEYS and ARGV: see there.

if not ARGV[6] then
  local clock = redis.call('TIME')
  local reply = acquire_short(clock[1] * 1000000 + clock[2], KEYS[1], KEYS[2], KEYS[3], KEYS[4],
    ARGV[1], ARGV[2], ARGV[3], ARGV[4], ARGV[5])
  if reply then
    return reply
  end
end
