--- Columns: `.column-page`, `.column-margin`, `.aside` … keep their classes; the style sheet places them.

local M = {}

function M.div(_, div)
  if not div.classes:includes 'column' or not div.attributes.width then return nil end
  -- Pandoc would write the width as an inline style.
  div.attributes['data-width'] = div.attributes.width
  div.attributes.width = nil
  return div
end

return M
