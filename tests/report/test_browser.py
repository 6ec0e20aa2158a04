"""The page in a browser: no error on the console, every picture drawn, links of the contents lead to sections."""

from __future__ import annotations

import re
import shutil
import subprocess

import pytest

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(CHROMIUM is None, reason="no chromium here to open the report with"),
]

PROBE = """<script>
window.dispatchEvent(new Event("beforeprint"));
setTimeout(function () {
  var plots = document.querySelectorAll(".plot");
  var drawn = document.querySelectorAll(".plot .main-svg").length > 0 &&
    Array.prototype.every.call(plots, function (p) { return p.querySelector(".main-svg"); });
  var tops = [];
  var tables = document.querySelectorAll(".scroll");
  document.documentElement.style.scrollBehavior = "auto";
  document.querySelectorAll(".toc a").forEach(function (a) {
    a.click();
    tops.push(Math.round(document.querySelector(a.hash).getBoundingClientRect().top));
  });
  var out = document.createElement("output");
  out.id = "probe";
  out.textContent = JSON.stringify({
    over: Array.prototype.filter.call(tables, function (t) { return t.scrollWidth > t.clientWidth + 1; }).length,
    hinted: Array.prototype.filter.call(tables, function (t) {
      return getComputedStyle(t, "::before").content.indexOf("scroll") >= 0;
    }).length,
    drawn: drawn, plots: plots.length, tops: tops,
    wide: document.documentElement.scrollWidth - document.documentElement.clientWidth
  });
  document.body.appendChild(out);
}, 3000);
</script></body>"""


@pytest.mark.parametrize("width", [1280, 500])
def test_page_in_a_browser(html, tmp_path, width):
    page = tmp_path / "report.html"
    page.write_text(html.replace("</body>", PROBE), encoding="utf-8")
    command = [
        str(CHROMIUM), "--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking",
        f"--user-data-dir={tmp_path / 'profile'}", "--enable-logging=stderr", "--virtual-time-budget=30000",
        f"--window-size={width},900", "--dump-dom", page.as_uri(),
    ]  # fmt: skip
    done = subprocess.run(command, capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == 0, done.stderr
    assert not [line for line in done.stderr.splitlines() if "CONSOLE" in line]
    import json

    found = json.loads(re.findall(r'<output id="probe">(.*?)</output>', done.stdout)[0])
    assert found["drawn"]
    assert found["hinted"] == found["over"], "a table that goes on to the right says so"
    assert found["over"] > 0 or width > 1000
    assert found["plots"] >= 8
    assert found["wide"] <= 0
    assert len(found["tops"]) == 12
    assert max(abs(t) for t in found["tops"][:8]) < 900
