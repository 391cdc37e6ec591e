"""The project's files agree with each other: dependencies, commands, packaging, versions."""

import re
import subprocess
import sys
from importlib import util
from pathlib import Path

import numpy as np
import pytest

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

ROOT = Path(__file__).resolve().parent.parent
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())
README = (ROOT / "README.md").read_text()
PYTHONS = ("3.10", "3.11", "3.12", "3.13")


def run(*command, **options):
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=120, **options)


def commands():
    """README's commands, found as .ci/run finds them."""
    return re.findall(r"^python3 -m venv .*$", README, re.M)


def test_the_core_needs_three_packages():
    names = {re.match(r"[\w-]+", requirement)[0] for requirement in PROJECT["project"]["dependencies"]}
    assert names == {"numpy", "gast", "astunparse"}


def test_the_package_imports_nothing_but_the_core_dependencies_and_what_it_looks_for_first():
    """An import of anything else stands inside a function, where it is only reached if the library is there, or in the rules
    and the runtime for that library, which are imported after it."""
    allowed = {"numpy", "gast", "astunparse", "zygote_py", "__future__"} | set(sys.stdlib_module_names)
    top_level = re.compile(r"^(?:import|from)\s+(\w+)", re.M)
    found = {(path.relative_to(ROOT).as_posix(), name) for path in (ROOT / "zygote_py").rglob("*.py")
             for name in top_level.findall(path.read_text()) if name not in allowed
             and not any(path.with_suffix("").is_relative_to(ROOT / "zygote_py" / part / name) for part in ("rules", "runtime"))}
    assert found <= {("zygote_py/testing/pytest_plugin.py", "pytest"),      # which only pytest imports
                     *((f"zygote_py/native/{name}.py", "numba") for name in ("helpers", "machine"))}


def test_extras():
    extras = PROJECT["project"]["optional-dependencies"]
    assert set(extras) == {"test", "bench", "docs", "examples", "interop", "numba"}
    for name in extras:
        assert re.search(rf'\[(?:\w+,)*{name}(?:,\w+)*\]', README) or f"`{name}`" in README, name


def test_readme_has_two_commands_and_each_makes_its_environment():
    tour, suite = commands()
    assert ".[examples]" in tour and tour.endswith("-m zygote_py")
    assert ".[test]" in suite and suite.endswith("-m pytest -n auto")
    for command in (tour, suite):
        venv = re.match(r"python3 -m venv (\S+)", command)[1]
        assert command.count(f" {venv}/bin/") == 2


def test_ci_takes_its_commands_from_readme():
    script = (ROOT / ".ci/run").read_text()
    assert "grep '^python3 -m venv ' README.md" in script
    for command in commands():
        assert command not in script
    assert re.search(r"\bruff check", script) and re.search(r"\bmypy\b", script) and "bin/basedpyright" in script \
        and "benchmarks --quick" in script


@pytest.mark.skipif(sys.platform == "win32", reason="bash scripts")
@pytest.mark.parametrize("script", ["run", "everywhere", "pythons"])
def test_ci_scripts_parse_and_can_be_run(script):
    path = ROOT / ".ci" / script
    assert path.stat().st_mode & 0o111
    assert run("bash", "-n", str(path)).returncode == 0


def test_a_missing_python_is_named():
    result = run("bash", ".ci/pythons", "3.99")
    assert result.returncode == 0 and result.stdout == "" and "MISSING" in result.stderr and "3.99" in result.stderr


def test_the_same_pythons_everywhere():
    assert PROJECT["project"]["requires-python"] == f">={PYTHONS[0]}"
    assert PROJECT["tool"]["mypy"]["python_version"] == PYTHONS[0]
    assert PROJECT["tool"]["ruff"]["target-version"] == f"py{PYTHONS[0].replace('.', '')}"
    assert PROJECT["tool"]["tox"]["env_list"] == [f"py{version.replace('.', '')}" for version in PYTHONS]
    listed = {c.rpartition(" ")[2] for c in PROJECT["project"]["classifiers"] if re.search(r":: 3\.\d+$", c)}
    assert listed == set(PYTHONS)
    for script in ("run", "pythons"):
        assert " ".join(PYTHONS) in (ROOT / ".ci" / script).read_text()


def test_type_information_is_packaged():
    assert (ROOT / "zygote_py/py.typed").read_text() == ""
    assert "py.typed" in PROJECT["tool"]["setuptools"]["package-data"]["zygote_py"]


def test_every_folder_of_the_package_is_a_package():
    folders = {path.parent for path in (ROOT / "zygote_py").rglob("*.py")}
    assert not [folder.relative_to(ROOT).as_posix() for folder in folders if not (folder / "__init__.py").exists()]


def test_license():
    text = (ROOT / "LICENSE").read_text()
    assert text.startswith("MIT License") and "zygote_py contributors" in text
    assert PROJECT["project"]["license"] == "MIT"


def test_version():
    result = run(sys.executable, "-m", "zygote_py", "--version", check=True)
    assert re.fullmatch(r"zygote_py (\d+\.\d+\.\d+|unknown \(not installed\))\n", result.stdout)


def test_the_installed_version_is_the_one_of_the_project():
    metadata = pytest.importorskip("importlib.metadata")
    try:
        installed = metadata.version("zygote-py")
    except metadata.PackageNotFoundError:
        pytest.skip("zygote-py is not installed")
    assert installed == PROJECT["project"]["version"]


def test_the_links_of_readme_lead_somewhere():
    for target in re.findall(r"\]\(([^)#]+)\)", README):
        assert target.startswith("https://") or (ROOT / target).exists(), target


def test_benchmarks_need_no_peer():
    """The workloads, and all that measures them, import where no peer is installed."""
    top_level = re.compile(r"^(?:import|from)\s+(autograd|mygrad|torch|jax|threadpoolctl)\b", re.M)
    assert not [path for path in (ROOT / "benchmarks").rglob("*.py") if top_level.search(path.read_text())]
    assert util.find_spec("benchmarks") is not None


def test_the_tour_comes_out_as_expected(tmp_path):
    result = run(sys.executable, "-m", "zygote_py", "--quick", "--output", str(tmp_path))
    assert result.returncode == 0, result.stdout + result.stderr
    assert "Everything came out as expected." in result.stdout and "EXPECTED" not in result.stdout
    if util.find_spec("sklearn") is None:
        assert 'pip install "zygote-py[examples]"' in result.stdout


def mapped(f, tree, *others):
    """A tree like `tree`, of what `f` makes of its leaves and of those of trees like it."""
    if isinstance(tree, dict):
        return {k: mapped(f, v, *(other[k] for other in others)) for k, v in tree.items()}
    if isinstance(tree, list):
        return [mapped(f, *items) for items in zip(tree, *others)]
    return f(tree, *others)


def test_the_gradients_that_are_written_by_hand_for_the_benchmarks():
    """Against central differences, along one random direction for each argument."""
    from benchmarks import workloads
    from benchmarks.harness import leaves
    rng, h = np.random.default_rng(1), 1e-6
    for w in workloads.load([]):
        value, gradients = w.hand(*w.args, **w.data)
        rounding = 4 * np.finfo(float).eps * abs(value)
        assert value == pytest.approx(w.primal(*w.args, **w.data), rel=1e-12)
        for i, gradient in zip(w.active, gradients):
            direction = mapped(lambda x: rng.normal(size=np.shape(x)), w.args[i])

            def along(t):
                moved = mapped(lambda x, d: x + t * d, w.args[i], direction)
                return w.primal(*w.args[:i], moved, *w.args[i + 1:], **w.data)
            expected = (8 * (along(h) - along(-h)) - (along(2 * h) - along(-2 * h))) / (12 * h)      # of fourth order
            slope = sum(leaves(mapped(lambda x, d: np.sum(x * d), gradient, direction)))
            assert slope == pytest.approx(expected, rel=1e-6, abs=1e-8 + rounding / h), (w.name, i)
