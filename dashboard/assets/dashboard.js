/* What only the browser can do: follow inner links, keep language and title, open and close. */
(function () {
  "use strict";

  // read by the date picker when its language becomes nl
  window.dayjs_locale_nl = {
    name: "nl",
    weekdays: "zondag_maandag_dinsdag_woensdag_donderdag_vrijdag_zaterdag".split("_"),
    weekdaysShort: "zo_ma_di_wo_do_vr_za".split("_"),
    weekdaysMin: "zo_ma_di_wo_do_vr_za".split("_"),
    months: "januari_februari_maart_april_mei_juni_juli_augustus_september_oktober_november_december".split("_"),
    monthsShort: "jan_feb_mrt_apr_mei_jun_jul_aug_sep_okt_nov_dec".split("_"),
    weekStart: 1,
    ordinal: function (number) { return number + "e"; },
    formats: { L: "DD-MM-YYYY", LL: "D MMMM YYYY" }
  };

  let shownPath = null;
  let choiceTimer = 0;
  let heldValues = null;

  window.dash_clientside = Object.assign({}, window.dash_clientside, {
    samenspel: {
      applyFacts: function (facts) {
        if (!facts) { return ""; }
        document.documentElement.lang = facts.language;
        document.title = facts.title;
        const skip = document.getElementById("skip");
        if (skip) { skip.textContent = facts.skip; }
        if (shownPath !== null && shownPath !== facts.path) {
          window.scrollTo(0, 0);
          const content = document.getElementById("content");
          if (content) { content.focus({ preventScroll: true }); }
        }
        shownPath = facts.path;
        const current = document.querySelector(".pages a[aria-current]");
        if (current) { current.scrollIntoView({ block: "nearest", inline: "nearest" }); }
        return facts.said;
      },
      awaitChoice: function (...values) {
        window.clearTimeout(choiceTimer);
        choiceTimer = window.setTimeout(function () {
          const held = JSON.stringify(values);
          if (held === heldValues) { return; }
          heldValues = held;
          window.dash_clientside.set_props("chosen-filters", { data: values });
        }, 150);
      },
      settleFilters: function (values) {
        // set by the address: no choice of the reader, who may be somewhere else by now
        if (values) { heldValues = JSON.stringify(values); }
        return values || [].concat(window.dash_clientside.callback_context.outputs_list)
          .map(function () { return window.dash_clientside.no_update; });
      }
    }
  });

  document.addEventListener("click", function (event) {
    if (event.target.closest("#plan-undo")) { window.history.back(); return; }
    const inner = event.target.closest("a.inner-link");
    const isPlain = event.button === 0 && !(event.metaKey || event.ctrlKey || event.shiftKey || event.altKey);
    if (inner && isPlain && inner.origin === window.location.origin) {
      event.preventDefault();
      if (inner.href !== window.location.href) {
        window.history.pushState({}, "", inner.href);
        window.dispatchEvent(new CustomEvent("_dashprivate_pushstate"));
      }
    }
    const opener = event.target.closest("#filters-open");
    if (opener) {
      const isOpen = opener.getAttribute("aria-expanded") !== "true";
      opener.setAttribute("aria-expanded", String(isOpen));
      document.getElementById("filters").classList.toggle("is-open", isOpen);
    }
    document.querySelectorAll("details.info[open]").forEach(function (details) {
      if (!details.contains(event.target)) { details.open = false; }
    });
  });

  document.addEventListener("keydown", function (event) {
    if (event.key !== "Escape") { return; }
    document.querySelectorAll("details.info[open]").forEach(function (details) {
      details.open = false;
      if (details.contains(document.activeElement)) { details.querySelector("summary").focus(); }
    });
  });

  // the calendar opens as a dialog without a name: it is the period's
  new MutationObserver(function () {
    const dialog = document.querySelector("#filters [role=dialog]:not([aria-label])");
    const label = document.querySelector(".filter-period label");
    if (dialog && label) {
      dialog.removeAttribute("aria-labelledby");
      dialog.setAttribute("aria-label", label.textContent);
    }
  }).observe(document.documentElement, { childList: true, subtree: true });

  window.addEventListener("beforeprint", function () { window.dispatchEvent(new Event("resize")); });
})();
