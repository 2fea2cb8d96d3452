// What embed.js and ping.js say in other languages than English; embed.js loads this where a page is in another.
//
// The embed of another version may call this, since browsers keep versions for long: what it takes stays.

const WORDS = {
  ar: {
    heading: "التعقيبات",
    more: "عرض المزيد",
    loading: "جارٍ التحميل…",
    error: "تعذّر تحميل التعقيبات.",
    retry: "أعد المحاولة",
    url: "رابط التعقيب",
    copy: "نسخ",
    copied: "تم النسخ",
  },
  de: {
    heading: "TrackBacks",
    more: "Mehr anzeigen",
    loading: "Wird geladen …",
    error: "Die TrackBacks konnten nicht geladen werden.",
    retry: "Noch einmal versuchen",
    url: "TrackBack-URL",
    copy: "Kopieren",
    copied: "Kopiert",
  },
  es: {
    heading: "Trackbacks",
    more: "Mostrar más",
    loading: "Cargando…",
    error: "No se pudieron cargar los trackbacks.",
    retry: "Reintentar",
    url: "URL de trackback",
    copy: "Copiar",
    copied: "Copiada",
  },
  fr: {
    heading: "Rétroliens",
    more: "Afficher plus",
    loading: "Chargement…",
    error: "Les rétroliens n’ont pas pu être chargés.",
    retry: "Réessayer",
    url: "URL de rétrolien",
    copy: "Copier",
    copied: "Copiée",
  },
  ja: {
    heading: "トラックバック",
    more: "もっと見る",
    loading: "読み込み中…",
    error: "トラックバックを読み込めませんでした。",
    retry: "再試行",
    url: "トラックバックURL",
    copy: "コピー",
    copied: "コピーしました",
  },
  ko: {
    heading: "트랙백",
    more: "더 보기",
    loading: "불러오는 중…",
    error: "트랙백을 불러오지 못했습니다.",
    retry: "다시 시도",
    url: "트랙백 주소",
    copy: "복사",
    copied: "복사했습니다",
  },
  pt: {
    heading: "Trackbacks",
    more: "Mostrar mais",
    loading: "Carregando…",
    error: "Não foi possível carregar os trackbacks.",
    retry: "Tentar de novo",
    url: "URL de trackback",
    copy: "Copiar",
    copied: "Copiada",
  },
  zh: {
    heading: "引用通告",
    more: "显示更多",
    loading: "正在加载…",
    error: "无法加载引用通告。",
    retry: "重试",
    url: "引用地址",
    copy: "复制",
    copied: "已复制",
  },
  "zh-hant": {
    heading: "引用通告",
    more: "顯示更多",
    loading: "載入中…",
    error: "無法載入引用通告。",
    retry: "重試",
    url: "引用網址",
    copy: "複製",
    copied: "已複製",
  },
};

/** Return the words in an element's language; undefined where there are none, or none of it. */
export function wordsIn(element) {
  const language = element.closest("[lang]")?.lang.toLowerCase() ?? "";
  if (/^zh.(hant|tw|hk|mo)\b/.test(language)) return WORDS["zh-hant"];
  const [base] = language.split(/[-_]/);
  return Object.hasOwn(WORDS, base) ? WORDS[base] : undefined;
}
