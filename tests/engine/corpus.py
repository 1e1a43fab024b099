"""Small notebooks, by topic, that the stock engine and the warm one must run to the same outputs.

A cell is its source; or a source with tags. A raised exception ends a notebook as it does in papermill, unless the
cell is tagged `raises-exception`. The topics follow what nbclient's and papermill's own tests cover. What other
processes print is not among them: the stock engine shows it, or shows it in order, only by chance.
"""
# ruff: noqa: E501

from __future__ import annotations

Cell = str | tuple[str, ...]
FAILS = "raises-exception"

CORPUS: dict[str, list[Cell]] = {
    "values": [
        "1 + 1", "'text'", "None", "x = 5; x", "x;", "_ + 1", "_4, Out[4], In[1], _i1, len(Out)",
        "class Rich:\n"
        "    def _repr_html_(self): return '<b>rich</b>'\n"
        "    def _repr_latex_(self): return '$x$', {'why': 'because'}\n"
        "    def _repr_png_(self): return b'\\x89PNG\\r\\n\\x1a\\n' + b'0' * 8\n"
        "    def __repr__(self): return 'plain'\nRich()",
        "class Bundle:\n    def _repr_mimebundle_(self, include=None, exclude=None):\n"
        "        return {'text/plain': 'b', 'application/json': {'a': [1, None, float('nan')]}}, {'text/plain': {'m': 1}}\n"
        "Bundle()",
        "class Shown:\n    def _ipython_display_(self): display('in its place')\nShown()",
        ("class Broken:\n    def __repr__(self): raise ValueError('no repr')\nBroken()", FAILS),
        ("class HalfBroken:\n    def _repr_html_(self): raise KeyError('no html')\n    def __repr__(self): return 'half'\n"
         "HalfBroken()", FAILS),
        "{'a': [1, 2], 'b': {3}}", "print", "'é ☃ 𝄞'", "list(range(300))", "b'bytes'", "lambda: 0",
        "import pandas as pd\npd.DataFrame({'a': [1, 2.5], 'b': ['x', None]})", "pd.Series([1, 2], name='s')",
        "pd.DataFrame({f'column {number}': [number] * 80 for number in range(30)})",
        "[pd.get_option(f'display.{name}') for name in ('max_columns', 'max_rows', 'width', 'encoding')]",
        "pd.options.display.max_rows = 4\npd.DataFrame({'n': range(10)})", "import numpy as np\nnp.arange(6).reshape(2, 3)",
        "from IPython.core.interactiveshell import InteractiveShell\nInteractiveShell.ast_node_interactivity = 'all'",
        "1\n2",
    ],
    "displays": [
        "from IPython.display import *\nfrom IPython.display import display, update_display, clear_output",
        "display(1, 'two', HTML('<i>3</i>'), Markdown('*4*'), Latex('$5$'), JSON({'six': 6}), SVG('<svg/>'))",
        "display({'text/plain': 'raw', 'x/y': {'z': 1}}, raw=True, metadata={'x/y': {'m': True}})",
        "h = display('first', display_id='kept')\ndisplay('other')", "update_display('second', display_id='kept')\nh",
        "handle = display('a', display_id=True)\nhandle.update('b')\nlen(handle.display_id)",
        "print('gone')\ndisplay('gone too')\nclear_output()\nprint('stays')",
        "print('gone at the next output')\nclear_output(wait=True)\ndisplay('next')",
        "print('nothing comes after')\nclear_output(wait=True)",
        "for n in range(3):\n    clear_output(wait=True)\n    print(n)\n    display(n)",
        "print('before')\ndisplay('between')\nprint('after')\n'result'",
        "Image(data=b'\\x89PNG\\r\\n\\x1a\\n' + b'0' * 30, format='png', width=3)", "Javascript('1')", "Code('x = 1')",
        "display('in the last', display_id='kept')",
        "get_ipython().display_pub.publish({'text/plain': 'published'}, transient=None)",
    ],
    "streams": [
        "print('out')", "import sys\nprint('out')\nprint('err', file=sys.stderr)\nprint('out again')",
        "sys.stdout.write('no newline'); None", "print('a\\rb\\nc\\x08d')", "print('x' * 100_000)",
        "for n in range(2000): print(n)", "print('é ☃ 𝄞', flush=True)", "sys.stdout.writelines(['a\\n', 'b\\n'])",
        "import warnings\nwarnings.warn('careful')\nwarnings.warn('careful too', DeprecationWarning)",
        "def old():\n    warnings.warn('old', FutureWarning, stacklevel=2)\nold()",
        "import logging\nlogging.warning('logged')\nlogging.getLogger('x').error('logged %s', 2)", "logging.info('unseen')",
        "sys.__stdout__ is sys.stdout",
        "sys.stdout.isatty(), sys.stdout.encoding, type(sys.stdout).__mro__[1].__name__ != '', sys.stdout.writable()",
        "import contextlib, io\nwith contextlib.redirect_stdout(io.StringIO()) as kept:\n    print('kept')\nkept.getvalue()",
        "sys.stdin.read()", "import faulthandler\nfaulthandler.is_enabled()",
    ],
    "errors": [
        ("1 / 0", FAILS), ("def f(x):\n    return g(x)\n\ndef g(x):\n    y = x - 1\n    return 1 / y\nf(1)", FAILS),
        ("x = (", FAILS), ("if True:\nx", FAILS), ("return 1", FAILS), ("missing", FAILS), ("import no_such_module", FAILS),
        ("try:\n    1 / 0\nexcept ZeroDivisionError as e:\n    raise ValueError('chained') from e", FAILS),
        ("try:\n    1 / 0\nexcept ZeroDivisionError:\n    raise KeyError('on the way')", FAILS),
        ("raise ExceptionGroup('many', [ValueError(1), TypeError('two')])", FAILS), ("assert 1 == 2, 'no'", FAILS),
        ("class Odd(Exception):\n    def __str__(self): return 'odd <&> \\x1b[31mred'\nraise Odd", FAILS),
        ("raise Exception", FAILS), ("raise KeyboardInterrupt('by hand')", FAILS),
        ("import json\njson.loads('{')", FAILS), ("input('name? ')", FAILS), ("import getpass\ngetpass.getpass()", FAILS),
        ("import pandas as pd\npd.DataFrame({'a': [1]})['b']", FAILS), ("print('said')\nraise SystemError('then')", FAILS),
        ("%no_such_magic", FAILS), ("%%no_such_cell_magic\n1", FAILS), ("'a' + 1", FAILS), ("breakpoint()", FAILS),
        "try:\n    input()\nexcept Exception as e:\n    print(type(e).__name__, e)", "import sys\nsys.last_type.__name__",
        "%tb", "1 + 1", "print('before the end')\nint('x')", "print('never')",
    ],
    "exit-0": ["print(1)", "import sys\nsys.exit(0)", "print('never')"],
    "exit-3": ["import sys\nsys.exit(3)", "print('never')"],
    "exit-text": [("raise SystemExit('with a text')", FAILS), ("import sys\nsys.exit()", "skip-execution"), "1"],
    "magics": [
        "%time 1 + 1", "%timeit -n1 -r1 pass", "%%time\nx = 3\nx", "!echo shell", "!echo {x} $x", "got = !printf 'a\\nb\\n'\ngot",
        "!exit 3\n_exit_code", "!!echo captured", "%%bash\necho bash\necho err >&2", ("%%bash\necho then\nexit 7", FAILS),
        "%%sh\nprintf 'no newline'", "%%python3\nprint('another python')", "%%capture kept\nprint('inside')\n1",
        "kept.stdout, kept.stderr, len(kept.outputs)", "kept()", "%%writefile made.py\nvalue = 42", "import made\nmade.value",
        "%run made.py", "value", "%env BROADSHEET_TESTED=yes", "import os\nos.environ['BROADSHEET_TESTED']", "%pwd" ,
        "%mkdir -p sub", "%cd -q sub", "os.path.basename(os.getcwd())", "%cd -q ..", "os.path.basename(_)", "%who_ls int",
        "%%html\n<b>html</b>", "%%javascript\n1", "%%latex\n$x$", "%%markdown\n*m*", "%pinfo made", "made?", "%precision 2\n3.14159",
        "%alias say echo said", "%say it", "%xmode Plain", ("1 / 0", FAILS), "%matplotlib inline", "%config InlineBackend.figure_format", "%history -n",
        "get_ipython().system('echo system')", "get_ipython().getoutput('echo output')", "%load_ext autoreload", "%autoreload 2",
        "%dhist", "%prun -q -l 1 pass", "%reset -f", "'x' in globals()",
    ],
    "async": [
        "import asyncio\nawait asyncio.sleep(0, 'slept')", "async def f(n):\n    await asyncio.sleep(0)\n    return n * 2\nawait f(2)",
        "await asyncio.gather(*(f(n) for n in range(3)))", "async def agen():\n    for n in range(2):\n        yield n\n[n async for n in agen()]",
        "log = []\nasync def later():\n    for n in range(3):\n        log.append(n)\n        await asyncio.sleep(0)\n"
        "task = asyncio.create_task(later())", "await task\nlog, task.done()", ("coroutine = f(1)\nasyncio.run(coroutine)", FAILS), "coroutine.close()",
        ("async def bad():\n    raise ValueError('in a coroutine')\nawait bad()", FAILS), "asyncio.get_event_loop().is_running()",
        "import contextvars\nv = contextvars.ContextVar('v', default=0)\ntoken = v.set(7)", "v.get()",
        "async with asyncio.timeout(5):\n    print('within')", "async with asyncio.TaskGroup() as group:\n    t = group.create_task(f(3))\nt.result()",
        ("async with asyncio.timeout(0.01):\n    await asyncio.sleep(9)", FAILS), "asyncio.current_task() is not None",
        "proc = await asyncio.create_subprocess_exec('echo', 'spawned', stdout=asyncio.subprocess.PIPE)\n(await proc.communicate())[0]",
        "await asyncio.to_thread(lambda: 'threaded')",
    ],
    "matplotlib": [
        "import matplotlib\nmatplotlib.get_backend()", "import matplotlib.pyplot as plt", "plt.plot([1, 2, 3])", "plt.plot([3, 1]);",
        "fig, ax = plt.subplots(figsize=(2, 1))\nax.bar(['a', 'b'], [1, 2])\nfig", "plt.figure(figsize=(1, 1))\nplt.show()\nprint('after')",
        "for n in range(2):\n    plt.figure(figsize=(1, 1))\n    plt.title(n)", "%matplotlib inline", "plt.rcParams['figure.dpi']",
        "%config InlineBackend.figure_format = 'svg'\nplt.rcParams['svg.hashsalt'] = 'x'\nlen(plt.get_fignums())",
        "plt.close('all')\nmatplotlib.is_interactive(), plt.isinteractive()", "fig",
        "import pandas as pd\npd.Series([1, 2, 3]).plot(figsize=(2, 1)).get_title()",
    ],
    "plotly": [
        "import plotly.io as pio\npio.renderers.default, pio.templates.default", "import plotly.graph_objects as go\ngo.Figure(go.Bar(y=[1, 2]))",
        "import plotly.express as px\npx.line(x=[1, 2], y=[3, 4], title='t')", "go.Figure().show()", "pio.renderers",
        "fig = go.Figure(go.Scatter(x=['2020-01-01'], y=[None]), go.Layout(title='x'))\nfig.update_layout(template='plotly_white')\nfig",
        "pio.renderers.default = 'json'\nfig", "pio.templates.default = 'simple_white'\ngo.Figure(go.Bar(y=[2]))", "print(fig.to_json()[:60])",
        "('broadsheet' in pio.templates, pio.templates.default)", "import broadsheet as bs\npio.templates.default, bs.COLOURS['China']",
        "pio.renderers.default = 'plotly_mimetype'\ngo.Figure(go.Bar(y=[3]))",
    ],
    "processes": [
        "import multiprocessing as mp, os, sys\ndef work(n):\n    return n * n",
        "p = mp.get_context('fork').Process(target=work, args=(1,))\np.start(); p.join()\np.exitcode",
        "with mp.get_context('fork').Pool(1) as pool:\n    print(pool.map(len, ['a', 'bb']))",
        "p = mp.get_context('spawn').Process(target=len, args=('spawned',))\np.start(); p.join()\np.exitcode",
        "pid = os.fork()\nif pid == 0:\n    os._exit(4)\nos.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])",
        "import subprocess\nsubprocess.run('echo one; echo two', shell=True, capture_output=True, text=True).stdout",
        "import threading\nt = threading.Thread(target=print, args=('in a thread',))\nt.start(); t.join()",
        "def show():\n    from IPython.display import display\n    display('displayed in a thread')\nt = threading.Thread(target=show)\nt.start(); t.join()",
        "from concurrent.futures import ThreadPoolExecutor\nwith ThreadPoolExecutor(2) as pool:\n    print(list(pool.map(lambda n: n + 1, range(3))))",
        "from concurrent.futures import ProcessPoolExecutor\nwith ProcessPoolExecutor(1, mp_context=mp.get_context('fork')) as pool:\n    print(pool.submit(pow, 2, 5).result())",
        "if __name__ == '__main__':\n    print('main')", "mp.current_process().name, mp.parent_process(), threading.current_thread() is threading.main_thread()",
        "import signal\nsignal.getsignal(signal.SIGCHLD), signal.getsignal(signal.SIGTERM), signal.getsignal(signal.SIGPIPE).name",
        "signal.getsignal(signal.SIGINT) is signal.default_int_handler, signal.pthread_sigmask(signal.SIG_BLOCK, [])",
        "subprocess.run([sys.executable, '-c', 'import signal; print(signal.getsignal(signal.SIGINT))'], capture_output=True, text=True).stdout",
    ],
    "surroundings": [
        "sorted(name for name in globals() if not name.startswith('_i'))", "__name__, __doc__, '__file__' in globals()",
        "import os, sys\nos.path.basename(os.getcwd()), sys.path[0] == '' or sys.path[0]", "sys.path",
        "len(sys.argv), sys.argv[1], os.path.basename(sys.argv[0]), os.path.dirname(sys.argv[2]), sys.argv[3:]",
        "{name: value for name, value in sorted(os.environ.items()) if name not in ('JPY_PARENT_PID', 'PYTEST_CURRENT_TEST')}",
        "int(os.environ['JPY_PARENT_PID']) > 1", "type(get_ipython()).__name__, type(get_ipython()).__module__",
        "sys.flags", "sys.warnoptions, sys.executable, sys.dont_write_bytecode, sys.getrecursionlimit()",
        "import logging\n[type(h).__name__ for h in logging.getLogger().handlers], logging.getLogger().level",
        "os.umask(0o22), oct(os.umask(0o22))", "import locale, time\nlocale.getlocale(), time.tzname",
        "import resource\n[resource.getrlimit(k) for k in (resource.RLIMIT_DATA, resource.RLIMIT_AS, resource.RLIMIT_NOFILE)]",
        "os.getpgid(0) == os.getpid(), os.getsid(0) == os.getpid(), os.nice(0)", "get_ipython().kernel.shell is get_ipython()",
        "from ipykernel.kernelapp import IPKernelApp\nIPKernelApp.initialized()", "'IPKernelApp' in get_ipython().config",
        "sys.modules['__main__'].__dict__ is globals()", "__builtins__ is __import__('builtins'), sys.excepthook.__name__",
        "get_ipython().history_manager.hist_file, get_ipython().execution_count", "import gc\ngc.isenabled(), gc.get_threshold()",
        "import decimal\ndecimal.getcontext()", "import io\nsys.stdout.fileno() > 2",
        "sys.displayhook.__class__.__name__, sys.ps1", "get_ipython().starting_dir == os.getcwd()", "_dh[0] == os.getcwd() or _dh",
        "get_ipython().active_eventloop, get_ipython().colors", "import tqdm.auto\ntqdm.auto.tqdm.__module__",
    ],
    "widgets": [
        "import comm\nstate = {'_model_module': '@jupyter-widgets/controls', '_model_name': 'IntSliderModel', 'value': 1}\n"
        "slider = comm.create_comm(comm_id='slider', target_name='jupyter.widget',\n"
        "                          data={'state': state, 'buffer_paths': []}, metadata={'version': '2.0'})",
        "slider.send({'method': 'update', 'state': {'value': 5}, 'buffer_paths': []})",
        "state = {'_model_module': '@jupyter-widgets/output', '_model_name': 'OutputModel', 'outputs': [], 'msg_id': ''}\n"
        "output = comm.create_comm(comm_id='output', target_name='jupyter.widget',\n"
        "                          data={'state': state, 'buffer_paths': []}, metadata={'version': '2.0'})\n"
        "heard = []\noutput.on_msg(lambda message: heard.append(message['content']['data']['state']))",
        "msg_id = get_ipython().kernel.get_parent()['header']['msg_id']\n"
        "output.send({'method': 'update', 'state': {'msg_id': msg_id}, 'buffer_paths': []})\nprint('into the widget')\n"
        "output.send({'method': 'update', 'state': {'msg_id': ''}, 'buffer_paths': []})\nprint('into the cell')",
        "heard", "slider.close()", "display({'application/vnd.jupyter.widget-view+json': {'model_id': 'slider'}}, raw=True)",
    ],
    "order": ["print('first')", ("print('skipped')", "skip-execution"), "", "   \n", "print('second')", ("1 / 0", FAILS), "'last'"],
}
"""Topic → cells."""
