--- Markdown in tables of HTML: `<span data-qmd="_Year_"></span>`, or the same in base64 as `data-qmd-base64`.
--
-- `html-table-processing: none`, of the page or of a div, leaves tables as they are; so does the comment that Quarto has
-- for a single block.

local M = {}

local NONE = 'html-table-processing'
local COMMENT = '<!%-%-|%s*quarto%-html%-table%-processing:%s*none%s*%-%->'
local ENTITIES = { quot = '"', apos = "'", amp = '&', lt = '<', gt = '>' }
local DIGITS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/'

local function unescaped(text)
  return (text:gsub('&(#?)(%w+);', function(sign, name)
    if sign == '' then return ENTITIES[name] end
    local number = tonumber((name:gsub('^[xX]', '0x')))
    return number and number > 0 and number < 0x110000 and utf8.char(number) or nil
  end))
end

local function from_base64(text)
  local bits, count, bytes = 0, 0, {}
  for digit in text:gmatch '[%w+/]' do
    bits, count = (bits << 6 | DIGITS:find(digit, 1, true) - 1) & 0xffffff, count + 6
    if count >= 8 then
      count = count - 8
      bytes[#bytes + 1] = string.char(bits >> count & 0xff)
    end
  end
  local decoded = table.concat(bytes)
  return utf8.len(decoded) and decoded or text
end

-- The first element with Markdown in it: where it begins and ends, and its Markdown.
local function next_markdown(html, from)
  local first, last, name, quote, text = html:find('<%a+[^<>]-data%-qmd([%w-]*)%s*=%s*(["\'])(.-)%2[^<>]*>', from)
  if not first then return nil end
  local tag = html:match('^<(%a+)', first)
  local closes, stop = html:find('^[^<]*</' .. tag .. '%s*>', last + 1)
  if not closes or name ~= '' and name ~= '-base64' then return next_markdown(html, last + 1) end
  return first, stop, name == '-base64' and from_base64(text) or unescaped(text)
end

local function pieces(html, read)
  local result, from = pandoc.Blocks {}, 1
  while true do
    local first, last, text = next_markdown(html, from)
    if not first then break end
    result:insert(pandoc.RawBlock('html', html:sub(from, first - 1)))
    local content = read(text).blocks
    if #content == 1 and content[1].t == 'Para' then content = { pandoc.Plain(content[1].content) } end
    result:extend(content)
    from = last + 1
  end
  if from == 1 then return nil end
  result:insert(pandoc.RawBlock('html', html:sub(from)))
  return result
end

function M.wanted(page)
  return page.request.markdown:find('data-qmd', 1, true) ~= nil or page.request.markdown:find(NONE, 1, true) ~= nil
end

--- True if a block of HTML is to stay as its author has written it; `place` was there before.
function M.is_left(page, raw)
  return page.options[NONE] == 'none' or raw.text:find(COMMENT) ~= nil or (page.left_tables or {})[raw.text] == true
end

local function leave(page, div)
  page.left_tables = page.left_tables or {}
  div:walk { RawBlock = function(raw) page.left_tables[raw.text] = true end }
end

--- The body with such Markdown read. `read` reads Markdown.
function M.place(page, body, read)
  local filter = { traverse = 'topdown' }
  function filter.Div(div)
    local value = div.attributes[NONE]
    div.attributes[NONE] = nil
    if value == 'none' then leave(page, div) end
    if value then return div, value ~= 'none' end
  end
  if page.options[NONE] ~= 'none' then
    function filter.RawBlock(raw)
      if raw.format ~= 'html' or not raw.text:find '<table' or raw.text:find(COMMENT) then return nil end
      return pieces(raw.text, read), false
    end
  end
  return body:walk(filter)
end

return M
