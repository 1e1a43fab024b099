--- A Pandoc worker: one line of JSON in, one line of JSON out, for as long as its input lasts.
--
-- A request is a page (`markdown`, `inlines`, `options`, `metadata`, `answers` of shortcodes, `references`, `words` of
-- its language, `secret`), or a `probe`: a text that is only read, to learn whether reading it ends. The answer is a
-- page's `html`, `inlines`, `references`, `notices` and `faults`; or a `failure`, when a filter
-- itself broke.

local here = pandoc.path.directory(arg[0])
package.path = pandoc.path.join { here, '?.lua' } .. ';' .. package.path

local inline = require 'inline'
local page = require 'page'

local function answer(request)
  if request.probe then
    pandoc.log.silence(inline.document, request.probe, page.READER)
    return {}
  end
  return page.render(request)
end

-- What Pandoc makes when it is first asked (syntaxes, templates) would keep the first page waiting.
page.render { markdown = '# A\n\n```python\na = 1\n```\n\n[b](c)', secret = '' }

io.stdout:setvbuf 'full'
io.write '{"ready":true}\n'
io.flush()
for line in io.lines() do
  local ok, result = xpcall(function() return answer(pandoc.json.decode(line, false)) end, function(failure)
    return debug.traceback(tostring(failure), 2)
  end)
  io.write(pandoc.json.encode(ok and result or { failure = result }), '\n')
  io.flush()
end
