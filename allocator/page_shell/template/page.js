"use strict";
(function () {
  const told = JSON.parse(document.getElementById("figures").textContent);
  const touch = window.matchMedia("(pointer: coarse)").matches;
  const narrow = window.matchMedia("(max-width: 560px)").matches;
  // Fewer and smaller ticks and marks, where a figure has the width of a hand.
  const thin = ({ data, layout }) => {
    for (const [key, axis] of Object.entries(layout)) {
      if (/^[xy]axis/.test(key)) axis.tickfont = { size: 11 };
      if (/^xaxis/.test(key)) axis.nticks = 5;
    }
    for (const { marker, textfont } of data) {
      if (marker?.size > 14) marker.size = 15;
      if (textfont) textfont.size = 9;
    }
  };
  // Pixels: two tall figures, or rows of two small ones, fit a sheet of A4.
  const PRINTED = { width: 660, height: 350, small: 300 };
  const config = {
    displaylogo: false,
    responsive: true,
    displayModeBar: touch ? false : "hover",
    modeBarButtons: [["toImage", "zoom2d", "pan2d", "resetScale2d"]],
    locale: told.locale,
    locales: told.locales,
  };
  const drawn = [];
  for (const [name, figure] of Object.entries(told.figures)) {
    const place = document.getElementById("chart-" + name);
    // A finger scrolls the page, not the axes.
    if (touch) figure.layout.dragmode = false;
    if (narrow) thin(figure);
    // Small figures have no room for buttons.
    const bare = place.classList.contains("small") ? { displayModeBar: false } : {};
    // One figure that fails leaves the others standing.
    drawn.push(
      Promise.resolve()
        .then(() => Plotly.newPlot(place, figure.data, figure.layout, { ...config, ...bare }))
        .catch((error) => console.error(name, error))
    );
  }
  const places = () => document.querySelectorAll(".chart");
  window.addEventListener("beforeprint", () => {
    for (const place of places()) {
      place.dataset.height = place.layout.height;
      const height = Math.min(place.layout.height, PRINTED.height);
      const width = place.classList.contains("small") ? PRINTED.small : PRINTED.width;
      Plotly.relayout(place, { width, height, autosize: false });
      place.style.minHeight = height + "px";
    }
  });
  window.addEventListener("afterprint", () => {
    for (const place of places()) {
      const height = Number(place.dataset.height);
      Plotly.relayout(place, { width: null, height, autosize: true });
      place.style.minHeight = height + "px";
    }
  });
  Promise.all(drawn).then(() => document.documentElement.classList.add("drawn"));
})();
