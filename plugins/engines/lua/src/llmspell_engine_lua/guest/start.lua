-- The last part: hands out what Python uses, and leaves nothing dangerous behind.
local guest = ...

python, io, package, require, dofile, loadfile, os, debug = nil, nil, nil, nil, nil, nil, nil, nil
string.dump = nil

return guest.begin, guest.step, guest.put, guest.as_list, guest.handle, guest.function_of, guest.NULL
