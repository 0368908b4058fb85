-- The last part: hands out what Python uses, and leaves nothing dangerous behind.
local guest = ...

python, io, package, require, dofile, loadfile, os, debug = nil, nil, nil, nil, nil, nil, nil, nil
string.dump = nil

-- Short scripts then end before the collector has gone through the guest itself, which takes as long as loading it.
-- A negative step puts the next collection off by so many kilobytes; one that the memory limit asks for comes anyway.
local collectgarbage = collectgarbage
local function postpone() collectgarbage("step", -256) end

return postpone, guest.begin, guest.step, guest.put, guest.as_list, guest.handle, guest.function_of, guest.NULL
