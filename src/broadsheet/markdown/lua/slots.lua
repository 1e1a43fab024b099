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

--- Reports inline styles that authors give as attributes.
function M.styles(page, blocks)
  local function look(element)
    local style = element.attributes.style
    if style then
      page:notice('an inline style: browsers ignore it under the site\'s security policy',
                  'Use a class of the theme, or of a style sheet of the site.', style)
    end
  end
  blocks:walk { Div = look, Span = look, Header = look, Code = look, CodeBlock = look, Table = look }
end

local function convert(kind)
  return function(page, raw)
    if raw.format == 'slot' then return kind('html', marker(page, raw.text)) end
    if raw.format:find '^html' then check(page, raw.text) end
  end
end

--- Notes the slots that the author hides: those in the blocks of an element that is not shown.
function M.hide(page, element)
  element:walk { RawBlock = function(raw)
    if raw.format == 'slot' then page.hidden[#page.hidden + 1] = raw.text:match '%d+' end
  end }
end

--- Notes the slots that the author hides in comments, which may go over several cells.
function M.in_comments(page, blocks)
  local function note(raw)
    if not raw.format:find '^html' then return end
    for comment in raw.text:gmatch '<!%-%-.-%-%->' do
      for number in comment:gmatch '`{=slot}%s+(%d+)' do page.hidden[#page.hidden + 1] = number end
    end
  end
  blocks:walk { RawBlock = note, RawInline = note }
end

M.block = convert(pandoc.RawBlock)
M.inline = convert(pandoc.RawInline)

return M
