-- Loads Broadsheet's filter for Quarto from the installed package; `pre-render` has written where it is.

local root = quarto.project.directory or os.getenv 'QUARTO_PROJECT_ROOT'  -- the latter with `quarto preview FILE`
local file = io.open(pandoc.path.join { root, '.broadsheet/quarto/filters.json' })
if not file then
  error 'no .broadsheet/quarto/filters.json: render the project with scripts/pre_render.py as its `pre-render` script'
end
local settings = pandoc.json.decode(file:read 'a', false)
file:close()

return assert(loadfile(settings.elements, 't', _ENV))(settings)
