--- Links and pictures: sources become pages, sizes are attributes and not styles.

local pictures = require 'pictures'

local M = {}

local SOURCES = { ipynb = true, qmd = true, md = true }

-- Not a fragment alone, not absolute.
local function is_local(address) return not address:find '^%a[%w+.-]*:' and not address:find '^//' end

--- The page of a source's address: `a.qmd#b` is `a.html#b`.
local function page_of(address)
  if not is_local(address) then return address end
  local path, rest = address:match '^([^?#]*)(.*)$'
  local stem, suffix = path:match '^(.*[^/])%.(%w+)$'
  if stem and SOURCES[suffix] then return stem .. '.html' .. rest end
  return address
end

local RUNS = { javascript = true, vbscript = true, data = true }

--- The kind of an address that a page may not have, `javascript`; nothing for any other. A picture may be in its own
-- address; the site's filter of addresses says of which formats.
function M.refused(address, is_picture)
  local scheme = address:gsub('[%s%c]', ''):lower():match '^(%a+):'
  return RUNS[scheme] and not (is_picture and scheme == 'data') and scheme or nil
end

local function unsafe(page, address, is_picture)
  local scheme = M.refused(address, is_picture)
  if scheme then
    page:fault(('an address of the kind `%s:` cannot be on a page'):format(scheme), 'Link to a page or a file.', address)
  end
end

local function sized(page, image)
  for _, side in ipairs { 'width', 'height' } do
    local value = image.attributes[side]
    if value then
      image.attributes[side] = nil
      local pixels = value:match '^(%d+)px$' or value:match '^%d+$'
      local share = value:match '^%d+%.?%d*%%$'
      if pixels or share then
        -- Under this name Pandoc leaves it alone.
        image.attributes['data-' .. page.secret .. '-' .. side] = pixels or share
      else
        page:notice(('a picture\'s %s is in pixels or percent, not `%s`'):format(side, value), '', value)
      end
    end
  end
end

-- A picture of the site that is named without a suffix gets that of `default-image-extension`.
local function with_suffix(page, src)
  local suffix, name = page.options['default-image-extension'] or '', src:match '[^/]*$'
  if suffix == '' or name == '' or src:find '[?#.][^/]*$' or not is_local(src) then return src end
  return src .. '.' .. suffix:gsub('^%.', '')
end

local function image_filter(page)
  return function(image)
    unsafe(page, image.src, true)
    image.src = with_suffix(page, image.src)
    image.classes = image.classes:filter(function(class) return class ~= 'lightbox' and class ~= 'nolightbox' end)
    image.classes:insert(1, 'img-fluid')
    local alt = image.attributes['fig-alt']
    local is_alone = not image.classes:includes 'figure-img' and #image.caption == 0
    if is_alone then pictures.report(page, image, {}) end
    for _, key in ipairs { 'fig-alt', 'fig-align', 'fig-scap', 'fig-env', 'fig-pos', 'lightbox', 'group', 'style', 'ref-parent',
                          'credit', 'licence' } do
      image.attributes[key] = nil
    end
    if alt then image.caption = { pandoc.Str(alt) } end
    sized(page, image)
    return image
  end
end

--- The filter of inlines; `cite` is the one of citations.
function M.filter(page, cite)
  local filter = { Image = image_filter(page), Cite = cite }

  function filter.Link(link)
    if link.classes:includes 'quarto-xref' then return nil end
    unsafe(page, link.target)
    link.target = page_of(link.target)
    link.attributes.style = nil
    return link
  end

  return filter
end

return M
