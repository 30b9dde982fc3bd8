"""Folding and stems: what makes two spellings of a word one.

Stems are Snowball's (snowballstemmer), taken *after* folding so that `regularisee` and
`régularisée` agree. Snowball conflates too much for a search box (mairie/maire, logement/loge,
droite/droit, communiste/commune) and misses what French needs (votent, défendons, directrice,
travaux): `_french_stem` decides those endings first. Other languages get Snowball's stems alone.
"""

import re
import threading
from collections.abc import Callable
from functools import lru_cache

import snowballstemmer


def _words(listed: str) -> frozenset[str]:
    return frozenset(listed.split())


_ALGORITHMS = {
    "ar": "arabic", "ca": "catalan", "da": "danish", "de": "german", "el": "greek", "en": "english",
    "es": "spanish", "et": "estonian", "eu": "basque", "fi": "finnish", "fr": "french",
    "ga": "irish",
    "hi": "hindi", "hu": "hungarian", "hy": "armenian", "id": "indonesian", "it": "italian",
    "lt": "lithuanian", "nb": "norwegian", "ne": "nepali", "nl": "dutch", "nn": "norwegian",
    "no": "norwegian", "pl": "polish", "pt": "portuguese", "ro": "romanian", "ru": "russian",
    "sr": "serbian", "sv": "swedish", "ta": "tamil", "tr": "turkish", "yi": "yiddish",
}  # fmt: skip
_AVAILABLE = frozenset(snowballstemmer.algorithms())
_lock = threading.Lock()  # a Snowball stemmer keeps the word it works on: one thread at a time


@lru_cache(maxsize=64)
def _snowball(language: str) -> Callable[[str], str]:
    algorithm = _ALGORITHMS.get(language, "")
    if algorithm not in _AVAILABLE:
        return str
    stemmer = snowballstemmer.stemmer(algorithm)

    def stem_one(word: str) -> str:
        with _lock:
            return str(stemmer.stemWord(word))

    return stem_one


# Words whose stem is that of another word.
_IRREGULAR = {
    written: lemma
    for line in """
    tout: tous toute toutes|celui: ceux|il: ils|un: une uns unes|oeil: yeux|ciel: cieux
    madame: mesdames
    monsieur: messieurs|mademoiselle: mesdemoiselles|travail: travaux|bail: baux|corail: coraux
    email: emaux|aller: irons iront ira irait iraient|vivre: vecu vecue vecus vecues vivent vivons
    vitrail: vitraux|vantail: vantaux|soupirail: soupiraux|ail: aulx|noyau: noyaux|tuyau: tuyaux
    joyau: joyaux|boyau: boyaux
    bijou: bijoux|caillou: cailloux|chou: choux|genou: genoux|hibou: hiboux
    joujou: joujoux
    pou: poux|beau: bel belle belles beaux
    nouveau: nouvel nouvelle nouvelles
    vieux: vieil vieille vieilles
    fou: fol folle folles fous|mou: molle molles|jumeau: jumelle jumelles|gros: grosse grosses
    bas: basse basses|faux: fausse fausses|roux: rousse rousses
    cours: cour|doux: douce douces
    jaloux: jalouse jalouses
    sec: seche seches|frais: fraiche fraiches|public: publique publiques|grec: grecque grecques
    turc: turque turques|long: longue longues|blanc: blanche blanches|franc: franche franches
    favori: favorite favorites
    copain: copine copines|chef: cheffe cheffes|ce: cet|aieul: aieux
    pouvoir: peux peut peuvent pouvons pouvez pouvait pouvaient pourra pourront pourrait
    pourraient pourrons puisse puissent
    vouloir: veux veut veulent voulons voulez voulait voulaient voudra voudront voudrait
    voudraient voudrons veuillent
    devoir: dois doit doivent devons devez devait devaient devra devront devrait devraient devrons
    savoir: sais sait savent savons savez savait savaient saura sauront saurait sauraient saurons
    faire: fais fait font faisons faites faisait faisaient fera feront ferait feraient ferons
    fasse fassent faite
    dire: dis dit disent disons dites disait disaient dira diront dirait diraient dirons dite
    """.replace("\n", "|").split("|")
    if line.strip()
    for lemma, _, words in [line.strip().partition(": ")]
    for written in words.split()
}
# Singulars that would otherwise share the stem of an unrelated word (after the colon, which one).
_APART = _words(
    """
    aire etagere mer droite port porte mairie parti partie part sortie sort sorte retrait retraite
    attente
    pointe base male fine case tonne tante file pote mode camp plane vole foie fonte lieue mure
    sole balle mari marie mare marais marne prise mise seine donne don moine note parce dose
    maine amiante habit genie gene ver verre conduite loi loyer police etrange etranger mort
    traite usage usager passage passager message messager bouche boucher conseil conseiller
    foyer rocher verger archer planche plancher menager berger danger boulanger
    papier mineuse maitresse patronne peur armee entree annee idee journee anne commun commune
    communal communication publication population appellation habitation station nation relation
    location vocation application situation formation fondation dotation ration equation
    donation notation citation plantation secretaire capitaine medecine medecin organe orgue
    univers universite villa vil village malle sale salle personnalite personnage politesse
    amende amande amendement portail banc banque ligne linge fonds fond sens corps cours paris
    pays temps bois bras fils plus jamais moins mars gens gaz revenu avenir soutien parent
    parente camarade jeune course partage partition poste post animal anime
    animateur particulier tour toure titre carte car care colle col cote
    cotation lit lie lien logis mission commission passion pension tension sante avance montant
    mont monte vent vente gare gar garde secret marque marquis marin marine merci mercier cadre
    cadran cadeau rive rival canal canard pain peine pin pine peigne soin soie soi son sonde
    veille vieille vigne ville francais anglais mauvais frais parfait palais lait japonais
    portrait extrait biais relais forfait satisfait trait portugais polonais irlandais souhait
    senegalais congolais attrait rabais camerounais avant pendant maintenant devant autant
    enfant important cependant pourtant durant quant courant instant suivant interessant vivant
    representant restaurant commandant etudiant puissant independant gagnant mechant
    correspondant volant habitant dirigeant tournant assistant enseignant militant constant
    fabricant participant consultant remplacant battant combattant determinant passant
    commercant pretendant savant ignorant aidant exploitant garant survivant manifestant
    intervenant protestant migrant votant soignant ressortissant accompagnant surveillant
    negociant exposant delinquant adjudant intendant suffisant etonnant demandant concernant
    croyant sortant entrant aimant geant elegant diamant amant
    """
)
# Nouns in -on, and nouns and adjectives in -ent: every other -ons, -ent is taken for a verb
# (votons, votent).
_NOUNS_ON = _words(
    """
    maison raison facon saison environ prison chanson salon patron garcon poisson comparaison
    ballon canon lecon liaison livraison horizon mignon rayon carton bouton combinaison dragon
    baron compagnon canton pantalon breton echantillon baton pavillon boisson trahison demon
    mouton cochon bataillon papillon citron bidon balcon crayon savon poison cordon marron
    bouchon violon talon pigeon wagon buisson echelon poumon wallon oignon soupcon tampon
    champignon bonbon saxon chaton macon troncon flacon pignon escadron colon pieton frisson
    piston chalon declinaison embryon sermon nourrisson vigneron cloison filon electron fleuron
    coupon guerison moisson garnison gascon melon jambon beton coton hamecon glacon fron
    feuilleton peloton jeton mousson toison cargaison floraison pendaison terminaison
    inclinaison conjugaison pamoison oraison venaison bison vison tison blason forgeron bucheron
    moucheron chaperon potiron aviron poltron squadron plastron litron clairon perron mollusson
    polisson saucisson cresson herisson caisson chausson tesson ourson canyon rebellion nichon
    torchon bourgeon plongeon sauvageon donjon dindon guidon edredon abandon pardon gueridon
    cupidon bourdon chardon tendon jalon etalon vallon houblon sillon goupillon maillon haillon
    bouillon brouillon tourbillon carillon aiguillon modillon
    """
)
_NOUNS_ENT = _words(
    """
    souvent president argent present vent accident content client different agent cent excellent
    precedent talent orient evident patient equivalent accent intelligent continent consequent
    violent parent incident occident recent permanent conscient absent dent innocent urgent
    serpent adolescent lent couvent prudent sergent resident frequent inconscient concurrent
    competent coherent transparent pertinent inconvenient coefficient torrent impatient
    indifferent influent excedent contingent recurrent regent apparent ardent emergent fervent
    imminent polyvalent persistent recipient affluent mecontent eminent incompetent ingredient
    quotient decent divergent omnipresent indecent adherent insolent convergent jacent referent
    confident dissident escient confluent imprudent reticent silent antecedent negligent
    eloquent avent intermittent deficient efficient dependent independent incoherent inherent
    strident trident transcendent astringent indigent diligent exigent efferent vincent laurent
    florent lorient tangent latent patent auvent pent paravent impotent omnipotent penitent
    """
)
_INVARIABLE = _words(
    """
    fonds sens corps cours paris pays temps bois bras fils plus jamais moins mars gens mais sous
    dans sans vers francais anglais mauvais frais palais japonais biais relais portugais
    polonais irlandais senegalais congolais rabais camerounais bas gros tres repas cas pas dos
    os des mois fois trois puis poids vous nous ours alors dehors hors toujours ailleurs
    volontiers bus virus campus processus jus lyonnais marseillais nantais bordelais sus avis
    ecossais hollandais finlandais thailandais libanais neerlandais reims arras calais
    """
)
_ADVERBS = re.compile(
    r"^(.*(?:iqu|(?<!sign)al|(?<!nouv)(?<!morc)el+|iv|eus|air|abl|ibl|ier|uit|imp?l)e"
    r"|(?:libr|direct|larg|fort|just|rapid|clair|plein|autr|pauvr|jeun|seul|pur|sûr|lent|vrai|ferm"
    r"|haut|bass|long|dur|rar|calm|tristement|franch|fraich|activ|net|certain|ouvert|strict|exact"
    r"|correct|immediat|complet|concret|secret|discret|separ|injust|honnet|propr|solid|modest)e)"
    r"ment$"
)
_VERBS_MENT = re.compile(
    r"^(.*(?:form|firm|prim|stim|clam|somm|nomm|dorm|ferm|arm|assum|resum|allum|consum|programm"
    r"|fum|blam)|aim|anim|sem)ent$"
)
_NATIONS = (
    "franc|angl|mauv|japon|portug|polon|irland|senegal|congol|cameroun|lyonn|marseill|nant|bordel"
)
_NATIONS += "|ecoss|holland|finland|thailand|liban|neerland|niv"

# (ending, its replacement): the first that matches decides.
_VERBS = tuple(
    (re.compile(pattern), replacement)
    for pattern, replacement in (
        # tenir, venir and what is built on them
        (
            r"^(|main|sou|ob|con|re|de|appar|entre|abs)t(?:ien(?:s|t|nes?|nent)?|en(?:ir|ons|ez|"
            r"ai[st]|aient|ues?|us?|ant)|iendr\w+)$",
            r"\1ten",
        ),
        (
            r"^(|re|de|inter|pre|sur|par|con|sou|sub|pro|par|contre)v(?:ien(?:s|t|nes?|nent)?|"
            r"en(?:ir|ons|ez|ai[st]|aient|ues?|us?|ant)|iendr\w+)$",
            r"\1ven",
        ),
        (
            r"^(|ap|com|sur|entre|re|me)pren(?:ds?|dre|ons|ez|nent|nes?|ai[st]|aient|ant|dr\w+)$",
            r"\1prend",
        ),
        (
            r"^(|per|pro|com|trans|ad|sou|re|o|e|compro)met(?:s|tre|tons|tez|tent|tes?|tai[st]|"
            r"taient|tant|tr(?:a|ons|ont|ez|ai|ait|aient))?$",
            r"\1mett",
        ),
        (r"^(.{3,}c)(?:ait|aient|ais)$", r"\1"),  # "finançait"
        (r"^(.*(?:ouvr|offr|souffr))i(?:r|r[aoe]\w*|s|t)?$", r"\1"),
        (r"^(|ac|re)cueill\w*$", r"\1cueill"),
        # interdire, prédire; construire, produire; recevoir, concevoir; craindre, atteindre
        (
            r"^(inter|pre|contre|re|me)di(?:re|[st]|tes?|sons|sez|sent|sai[st]|saient|"
            r"r(?:a|ons|ont|ez|ai|ait|aient))$",
            r"\1di",
        ),
        (
            r"^(.*(?:constr|detr|instr|prod|red|trad|introd|ded|sed|ind))ui(?:re|[st]|ts|"
            r"s(?:ons|ez|ent|ant|ai[st]|aient|e|es)|r(?:a|ons|ont|ez|ai|ait|aient))$",
            r"\1ui",
        ),
        (r"^(re|per|con|de|aper)c(?:oi(?:s|t|v\w+|r)|ev\w+|ue?s?)$", r"\1cev"),
        (
            r"^(cr|contr|pl)ain(?:dre|[st]|tes?|ts|gn\w+|dr(?:a|ons|ont|ez|ai|ait|aient))$",
            r"\1ain",
        ),
        (
            r"^(att|et|p|t|restr|enfr|empr)ein(?:dre|[st]|tes?|ts|gn\w+|"
            r"dr(?:a|ons|ont|ez|ai|ait|aient))$",
            r"\1ein",
        ),
        (r"^(ac|de)cro(?:it|itre|itr[aoe]\w*|iss\w+)$", r"\1cro"),
        # défendre, répondre, perdre, tordre, battre
        (
            r"^(.+(?:end|ond|erd|ord|att|omp))(?:re|res|u|ue|us|ues|ons|ez|ent|ai[st]|aient|r(?:a|"
            r"as|ai|ez|ons|ont|ais|ait|aient))$",
            r"\1",
        ),
        # finir, choisir: participle, infinitive and the forms in -iss- meet in -i
        (r"^(.*[^aeou]i)ss(?:ons|ez|ent|ais|ait|aient|ions|iez)$", r"\1"),
        (r"^(.{2,}[^aeoul]i)r(?:as?|ai|ez|ons|ont|ais|ait|aient)$", r"\1"),
        (
            r"^(fin|ag|reag|garant|fourn|etabl|retabl|reun|chois|reuss|sub|defin|invest|avert|"
            r"rempl|accompl|abol|pun|obe|grand|saisi|nourr|guer|enrich|affaibl|elarg|"
            r"approfond)i[st]$",
            r"\1i",
        ),
    )
)
_FEMININES = tuple(
    (re.compile(pattern), replacement)
    for pattern, replacement in (
        (r"iere$", "ier"),
        (r"(?<=...)(ger|yer|cher|ller)e$", r"\1"),
        (r"(?<=...)ete$", "et"),
        (r"ee$", "e"),
        (r"trice$", "teur"),
        (r"(?<=..)(ant|ent)e$", r"\1"),
        (r"oise$", "oi"),
        (rf"^({_NATIONS})aise$", r"\1ais"),
        (
            r"^(soum|comm|perm|prom|transm|adm|compr|acqu|requ|conqu|prec|indec|gr|ass|exqu|conc)"
            r"ise$",
            r"\1i",
        ),
        (r"^(.*(?:cl|conf|diff|ref|obt))use$", r"\1u"),
        (r"ive$", "if"),
    )
)
_LAST = tuple(
    (re.compile(pattern), replacement)
    for pattern, replacement in (
        (
            r"(?:(?<=..)(?:eure?|euse)|(?<=.)eux)$",
            "eu",
        ),  # travailleur, travailleuse; heureux, heureuse
        (r"(?<=..)(iqu|ist|ism|anc|enc|abl|ibl|ass|uss)e$", r"\1"),
        (r"(?<=.)ie$", "i"),
        (r"(?<=..)([^o])ir$", r"\1i"),
        (r"fication$", "fi"),
        (r"ication$", "iqu"),
        (r"((?<!at)ion|if|[^eir]a|[^r]ai|i|it|ment)$", r"\1"),
    )
)


# Futures and conditionals of verbs in -er: "abrogerons", "appellerait" -> "abroger", "appeler";
# verbs in -érer have the same letters in the present ("libérons").
_FUTURE = re.compile(r"^(.{2,})er(?:ons|ont|ait|aient|ions|iez|ez|ai)$")
_SIMPLE = re.compile(r"^(.*(?:appel|jet|renouvel|chancel|epel|ruissel))[lt]$")
_IN_ERER = re.compile(
    r"(?:lib|consid|tol|pref|esp|accel|recup|mod|gen|fed|coop|ins|dig|ref|prolif|obt|exag|transf"
    r"|diff"
    r"|conf|inf|alt|rep|adh|prosp|temp|delib|enum|reit|incin|persev|del|sugg|ing|gang|macul|oper|"
    r"exasp|desesp|verb|lac|interf|vocif)er(?:ons|ez|ait|aient|ions|iez|ai)$"
)


def _singular(word: str) -> str:
    if word in _INVARIABLE or len(word) < 4:
        return word
    if word.endswith("eaux"):
        return word[:-1]
    if word.endswith("aux") and len(word) > 4:
        return word[:-3] + "al"
    return word[:-1] if word.endswith("s") and not word.endswith("ss") else word


def _verb(word: str) -> str | None:
    """The stem of a verb known by its ending (`votons`, `votent`, `agissent`), or None."""
    for pattern, replacement in _VERBS:
        if pattern.match(word):
            return pattern.sub(replacement, word)
    if word in _NOUNS_ENT:
        return None
    if word.endswith("erent") and len(word) > 7:
        return word[:-5]
    future = _FUTURE.match(word)
    if future and word[:-1] not in _NOUNS_ON and not _IN_ERER.search(word):
        return _snowball("fr")(_SIMPLE.sub(r"\1", future[1]) + "er")
    if (
        word.endswith("ons")
        and len(word) > 5
        and not word.endswith("ions")
        and word[:-1] not in _NOUNS_ON
    ):
        return word[:-4] if word.endswith("eons") else word[:-3]
    plain = not word.endswith("ment") or _VERBS_MENT.match(word)
    if word.endswith("ent") and len(word) > 4 and plain:
        return _snowball("fr")(word[:-2])
    return None


def _french_stem(word: str) -> str:
    """The key of one folded French word:

    The same for its number, gender and person, another for other words.
    """
    word = _IRREGULAR.get(word, word)
    single = _singular(word)
    if single in _APART:
        return single + "0"
    if len(word) < 4 or not word.isalpha():
        return word
    if verb := _verb(word):
        return verb
    single = _IRREGULAR.get(single, single)
    for pattern, replacement in _FEMININES:
        if pattern.search(single):
            single = pattern.sub(replacement, single)
            break
    if single in _APART:
        return single + "0"
    if adverb := _ADVERBS.match(single):
        return _french_stem(adverb[1])
    for pattern, replacement in _LAST:
        if pattern.search(single):
            return pattern.sub(replacement, single)
    stem = _snowball("fr")(single)
    return single if single.endswith("ation") and stem.endswith("at") else stem


@lru_cache(maxsize=1 << 17)
def stem(word: str, language: str = "fr") -> str:
    """The key of a folded word, without its mark.

    An unknown language has no stems: the word is its own key.
    """
    return _french_stem(word) if language == "fr" else _snowball(language)(word) or word


def is_apart(stem: str) -> bool:
    """Whether a French stem is that of one word and its plural alone: `droit` is not `droite`."""
    return stem.endswith("0")
