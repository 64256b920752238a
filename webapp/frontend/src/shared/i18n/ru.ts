export default import.meta.glob<string>(
  "../../../../../locales/ru/{common,errors,webapp,games}.ftl",
  { eager: true, query: "?raw", import: "default" },
);
