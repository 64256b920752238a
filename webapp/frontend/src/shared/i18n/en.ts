export default import.meta.glob<string>(
  "../../../../../locales/en/{common,errors,webapp,games}.ftl",
  { eager: true, query: "?raw", import: "default" },
);
