(function () {
  "use strict";
  var config = { responsive: true, displayModeBar: false, scrollZoom: false };
  function fit(el, layout) {
    var narrow = el.clientWidth < 520;
    if (el.dataset.square) { layout.height = Math.min(layout.height, el.clientWidth); }
    else if (narrow && layout.showlegend) { layout.height += 44; }
    el.style.height = layout.height + "px";
  }
  function draw(el) {
    if (el.dataset.drawn) { return; }
    el.dataset.drawn = "1";
    var spec = JSON.parse(document.getElementById(el.dataset.spec).textContent);
    fit(el, spec.layout);
    window.Plotly.newPlot(el, spec.data, spec.layout, config);
  }
  var plots = Array.prototype.slice.call(document.querySelectorAll(".plot"));
  function all() { plots.forEach(draw); }
  if ("IntersectionObserver" in window) {
    var seen = new IntersectionObserver(function (entries) {
      entries.forEach(function (e) { if (e.isIntersecting) { seen.unobserve(e.target); draw(e.target); } });
    }, { rootMargin: "600px" });
    plots.forEach(function (el) { seen.observe(el); });
  } else { all(); }
  window.addEventListener("beforeprint", function () {
    all();
    document.querySelectorAll("details").forEach(function (d) { d.open = true; });
  });
  function tell(el) {
    // the hint itself must not be what makes the table too wide
    var table = el.querySelector("table");
    el.classList.toggle("over", table !== null && table.scrollWidth > el.clientWidth + 1);
  }
  var tables = Array.prototype.slice.call(document.querySelectorAll(".scroll"));
  if ("ResizeObserver" in window) {
    // also tells of tables that become visible when a part of the page is opened
    var sized = new ResizeObserver(function (entries) { entries.forEach(function (e) { tell(e.target); }); });
    tables.forEach(function (el) { sized.observe(el); });
  } else { tables.forEach(tell); }
  var toc = document.querySelector(".toc details");
  if (window.matchMedia("(max-width: 1079px)").matches) { toc.open = false; }
  var links = {};
  document.querySelectorAll(".toc a").forEach(function (a) { links[a.hash.slice(1)] = a; });
  if ("IntersectionObserver" in window) {
    var here = new IntersectionObserver(function (entries) {
      entries.forEach(function (e) {
        if (!e.isIntersecting) { return; }
        Object.keys(links).forEach(function (k) { links[k].removeAttribute("aria-current"); });
        links[e.target.id].setAttribute("aria-current", "true");
      });
    }, { rootMargin: "-10% 0px -80% 0px" });
    Object.keys(links).forEach(function (k) { here.observe(document.getElementById(k)); });
  }
})();
