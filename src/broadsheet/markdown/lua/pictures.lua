--- Pictures of an author's own, `![caption](photo.jpg){credit="…" licence="…"}`: whose they are, and what is missing.

local M = {}

local RASTER = { jpg = true, jpeg = true, png = true, webp = true, avif = true, gif = true, tif = true, tiff = true }

local function is_file(src)
  return not src:match '^%a[%w+.-]*:' and not src:match '^//' and RASTER[(src:match '%.(%w+)$' or ''):lower()]
end

--- Reports what an article does not say of a picture of its own.
function M.report(page, image, caption)
  if not page.options['is-strict'] or not is_file(image.src) then return end
  local missing = pandoc.List {}
  if #caption == 0 then missing:insert 'no caption' end
  if not image.attributes.credit then missing:insert 'no `credit`' end
  if not image.attributes.licence then missing:insert 'no `licence`' end
  if not image.attributes['fig-alt'] then missing:insert 'no `fig-alt`' end
  if #missing == 0 then return end
  page:notice(('the picture `%s` has %s'):format(image.src, table.concat(missing, ', ')),
              'Write `![What it shows, and when](photo.jpg){credit="Whose it is" licence="CC BY 4.0" fig-alt="What is seen"}`.',
              '](' .. image.src, '', 'picture')
end

local CLOSING = { '"', "'", ')', ']', '”', '’', '“', '»', '«', '›', '‹' }
local STOPS = { '.', '!', '?', ':', '…', '。' }

local function ends_with(text, marks)
  for _, mark in ipairs(marks) do
    if text:sub(-#mark) == mark then return mark end
  end
end

--- Whether a caption ends as a sentence does, quotation marks and brackets aside.
local function is_stopped(caption)
  local text = pandoc.utils.stringify(caption):gsub('%s+$', '')
  local mark = ends_with(text, CLOSING)
  while mark do
    text = text:sub(1, -#mark - 1)
    mark = ends_with(text, CLOSING)
  end
  return text == '' or ends_with(text, STOPS) ~= nil
end

--- A caption with the credit and the licence of its picture, which are taken from its attributes. A
--- full stop keeps the two apart where there is nothing else, as in feeds, e-mail and plain text.
function M.credited(caption, attributes)
  local parts = pandoc.List {}
  for _, key in ipairs { 'credit', 'licence' } do
    if attributes[key] then parts:insert(attributes[key]) end
  end
  attributes.credit, attributes.licence = nil, nil
  if #parts == 0 then return caption end
  local result = pandoc.Inlines(caption)
  if not is_stopped(caption) then result:insert(pandoc.Str '.') end
  if #result > 0 then result:insert(pandoc.Space()) end
  result:insert(pandoc.Span({ pandoc.Str(table.concat(parts, ' · ')) }, { '', { 'picture-credit' } }))
  return result
end

return M
