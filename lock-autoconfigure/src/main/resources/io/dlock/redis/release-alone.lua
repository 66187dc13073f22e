-- Tries the short ways of release.lua first. KEYS and ARGV: see there.

local reply = release_short(KEYS[1], KEYS[2], KEYS[3], KEYS[4], KEYS[5], ARGV[1])
if reply then
  return reply
end
