--- Slots: where finished HTML goes after rendering, by a comment that nobody can guess.

local M = {}

local function marker(page, text)
  return ('<!--slot:%s:%s-->'):format(page.secret, text:match '^%s*(%d+)%s*$' or 'unknown')
end

local STYLE = { 'style%s*=%s*["\']', '<style[%s>]', '<script[%s>][^<]', '%son%a+%s*=%s*["\']' }

local function check(page, text)
  for _, pattern in ipairs(STYLE) do
    local found = text:match('<[^<>]*' .. pattern) or text:match(pattern)
    if found then
      page:notice('inline style or script in raw HTML: browsers ignore it under the site\'s security policy',
                  'Use a class of the theme, or a file of the site.', text:match '^[^\n]*')
      return
    end
  end
end

local function convert(kind)
  return function(page, raw)
    if raw.format == 'slot' then return kind('html', marker(page, raw.text)) end
    if raw.format:find '^html' then check(page, raw.text) end
  end
end

M.block = convert(pandoc.RawBlock)
M.inline = convert(pandoc.RawInline)

return M
