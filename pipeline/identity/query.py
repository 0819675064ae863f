"""Which parameters of a query are not the thing but the way to it: tables, and what is left when they are gone.

A name that no table knows is kept: a false "you had this" costs an editor more than a missed one.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from pipeline.identity.spelling import Param

__all__ = ["BY_HOST", "PATH_ALONE", "TRACKING", "TRACKING_PREFIXES", "is_source", "kept"]

TRACKING = frozenset(
    # Campaigns: Google, Microsoft, Meta, X, TikTok, Yandex, Adobe, HubSpot, Marketo, Mailchimp and other senders.
    """
    gclid gclsrc dclid gbraid wbraid gad gad_source gad_campaignid srsltid _ga _gl _gac _gid gs_lcp gs_lcrp sxsrf
    fbclid fb_action_ids fb_action_types fb_source fb_ref igshid igsh mibextid msclkid twclid ttclid li_fat_id yclid
    ysclid _openstat mc_cid mc_eid mkt_tok _hsenc _hsmi __hstc __hssc __hsfp hsctatracking vero_id vero_conv oly_anon_id
    oly_enc_id ck_subscriber_id _bhlid _kx ml_subscriber ml_subscriber_hash wickedid rb_clickid s_cid icid ncid cmpid
    unlocked_article_code guccounter guce_referrer guce_referrer_sig wt.mc_id wt_mc_id ocid
    trk trkinfo lipi __twitter_impression ref_src ref_url
    referrer referer ref_medium ref_campaign refsrc hss_channel soc_src soc_trk tpcc fref
    """.split()
    # China: Alibaba, Baidu, Bilibili, ByteDance, Sina, Tencent, Xiaohongshu, Zhihu.
    + """
    spm scm spm_id_from vd_source shareuid sharer_shareid sharer_sharetime sharer_shareinfo
    unique_k chksm isappinstalled nsukey wx_header clicktime enterid weibo_id wbapianalysisoriuicodes
    wvr luicode lfid featurecode xsec_token xsec_source xhsshare appuid apptime author_share sharefrom
    tt_from iid_from ich_args ich_args2 hmsr hmpl hmcu hmkw hmci bd_vid tbpicau wfr_source from_wecom
    ops_request_misc pk_campaign pk_cpn pk_kwd pk_keyword pk_source pk_medium pk_content pk_cid
    """.split()
    # Sessions and the like, which change from visit to visit.
    + "phpsessid jsessionid aspsessionid cfid cftoken".split()
)
"""Names that are no identity on any site."""

TRACKING_PREFIXES = ("utm_", "utm-", "mtm_", "piwik_", "matomo_", "hsa_", "itm_", "at_custom", "share_", "_x_tr_")

_AMBIGUOUS = frozenset("ref source from via src share referral medium social origin utm".split())
_SOURCES = frozenset(
    """
    twitter x facebook fb linkedin reddit hn hackernews hacker-news hacker_news ycombinator lobsters lobste.rs
    producthunt product-hunt mastodon bluesky bsky threads instagram telegram whatsapp discord slack youtube tiktok
    pinterest quora medium substack github google bing baidu duckduckgo rss rss2 rss-feed feed atom feedly inoreader
    email mail newsletter newsletters nl weekly digest social share sharing copy copylink copy_link copy-link
    share_link sharelink mobile app android ios iphone web webapp desktop qrcode qr_code qr
    timeline singlemessage groupmessage wechat weixin wx weibo wb qq qzone zhihu v2ex juejin toutiao douban bilibili
    feishu dingtalk lark tg dlvr dlvr.it buffer hootsuite pocket getpocket instapaper flipboard
    """.split()
)
_HOST_LIKE = re.compile(r"(?:https?://)?(?:[a-z0-9-]+\.)+[a-z]{2,12}/?", re.IGNORECASE)
_FILE_LIKE = re.compile(
    r"\.(?:html?|pdf|md|txt|csv|json|xml|ya?ml|png|jpe?g|gif|svg|webp|py|js|ts|c|h|cc|cpp|rs|go|java|rb|sh|css|zip|gz)$",
    re.IGNORECASE,
)
_WITH_SOURCE = re.compile(r"(?:twitter|rss|newsletter|hackernews|producthunt|email|weibo|wechat)[_-]\w+", re.IGNORECASE)

BY_HOST = {
    host: frozenset(names.split())
    for host, names in {
        "aminer.cn": "f",
        "apps.apple.com": "mt l at ct uo ls ign-mpt ign-itscg ign-itsct",
        "blogspot.com": "m",
        "bloomberg.com": "leadsource sref embedded-checkout",
        "bytebytego.com": "fpr",
        "economist.com": "fsrc",
        "feishu.cn": "from continueflag chunked login_redirect_times",
        "ft.com": "sharetype segmentid accesstoken",
        "google.cn": "hl authuser",
        "google.com": "hl authuser usp ved sa pli ei gws_rd",
        "instagram.com": "hl img_index",
        "larksuite.com": "from continueflag",
        "learn.microsoft.com": "wt.mc_id tabs",
        "nature.com": "proof platform",
        "newyorker.com": "mbid",
        "nytimes.com": "smid smtyp campaign_id action module pgtype partner emc nl te r _r hp rref",
        "oreilly.com": "imm_mid cmp",
        "qq.com": "pgv_ref adtag ptlang from",
        "quora.com": "ch oid srid target_type share",
        "reuters.com": "feedtype feedname taid",
        "sciencedirect.com": "via",
        "substack.com": "r s showwelcome isfreemail triedredirect publication_id post_id token",
        "techcrunch.com": "tpcc",
        "theguardian.com": "cmp",
        "theatlantic.com": "gift",
        "washingtonpost.com": "wpisrc wpmm pwapi_token tid",
        "wired.com": "mbid",
        "wsj.com": "mod reflink st",
    }.items()
}
"""Names that are no identity on these sites, subdomains included."""

PATH_ALONE = frozenset(
    """
    36kr.com cnblogs.com dev.to huxiu.com infoq.cn jianshu.com juejin.cn producthunt.com
    segmentfault.com sspai.com theverge.com thepaper.cn tmtpost.com zhuanlan.zhihu.com
    """.split()
)
"""Sites where the path alone says it all, searches aside."""
_SEARCHES = frozenset("q query keyword keywords k wd search type tag id p page tab".split())

_BLOGSPOT = re.compile(r"\.blogspot\.[a-z.]+$")


def kept(host: str, path: str, query: Iterable[Param]) -> list[Param]:
    """The parameters that say what the address is of, in their order."""
    policy = _policy(host)
    nothing = host in PATH_ALONE
    is_topic = path[:3] == "/t/"
    found = []
    for param in query:
        name, value = param[0].lower(), param[1] or ""
        if name in TRACKING or name in policy or name.startswith(TRACKING_PREFIXES):
            continue
        if name in _AMBIGUOUS and is_source(value):
            continue
        if (nothing and name not in _SEARCHES) or (name == "amp" and value in ("", "1", "true")):
            continue
        if is_topic and name == "u":
            continue
        found.append(param)
    return found


def _policy(host: str) -> frozenset[str]:
    """The names that are no identity on the host."""
    policy = BY_HOST.get(host)
    if policy is None:
        policy = BY_HOST.get(host[host.rfind(".", 0, host.rfind(".")) + 1 :], frozenset())
        if ".blogspot." in host and _BLOGSPOT.search(host):
            policy = BY_HOST["blogspot.com"]
    return policy


def is_source(value: str) -> bool:
    """Whether the value of an ambiguous name looks like a place that sends readers."""
    low = value.lower()
    if low in _SOURCES or _WITH_SOURCE.fullmatch(low):
        return True
    return "." in low and _HOST_LIKE.fullmatch(low) is not None and not _FILE_LIKE.search(low)
