"""Make motamot/search/lexicon.tsv again, from Debian's package of the French spelling dictionary.

    apt-get download hunspell-fr-comprehensive && dpkg-deb -x hunspell-fr-comprehensive_*.deb DIR
    python bench/lexicon.py DIR/usr/share/hunspell

It expands the dictionary (fr.dic and fr.aff, version 7.0), and writes which forms each French word
has, nothing else of it; the table's own header says how to read it. Left out: the imperfect
subjunctive, and of the simple past all that may look like another word (`rappela` stays, `fut` and
`pus` go); compounds, which are cut at their hyphens wherever they stand; figures. Added: which noun
is the action of which verb (`démolition`, `démolir`), by their endings, where the dictionary knows
both.
"""

from __future__ import annotations

import re
import sys
from collections import Counter, defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from motamot.search.stems import is_apart, stem
from motamot.text.folding import letters

TABLE = Path(__file__).parents[1] / "motamot" / "search" / "lexicon.tsv"
HEADER = """\
# French words and their forms, without accents; motamot/search/lexicon.py reads it.
# Expanded by bench/lexicon.py from the spelling dictionary "Dictionnaire orthographique français
# « toutes variantes »" 7.0, of Debian's package hunspell-fr-comprehensive 1:7.0-1.
# Copyright 2007-2018 the contributors of Dicollecte, https://grammalecte.net/members.php?prj=fr
# This Source Code Form is subject to the terms of the Mozilla Public License, v. 2.0. If a copy of
# the MPL was not distributed with this file, You can obtain one at https://mozilla.org/MPL/2.0/.
#
# First the sets of endings, one a line: kind (v verb, n noun or adjective, with its adverb in
# -ment, c the same, that a hyphen cuts as well, p proper noun, x other) and the endings, the word's
# own first, "-" for none.
# Then the words, in order: beginning, number of its set of endings from 0 on, and for a verb the
# nouns of its action, for such a noun its verbs.
"""
PRESENT = {"po:ipre", "po:spre"}
PAST = {"po:ipsi", "po:simp"}
THIRD = {"po:3sg", "po:3pl!", "po:3pl"}
SHORTEST = 6  # letters of a simple past that looks like no other word
WORD = re.compile(r"[^\W\d_]+")

# (ending of a noun of action, those of its verb). Folded words would confuse ménage and mener.
ACTIONS = (
    ("fication", "fier"), ("plication", "plier"), ("blication", "blier"), ("cation", "quer"),
    ("gation", "guer"), ("ation", "er"), ("isation", "iser"), ("ition", "ir"), ("osition", "oser"),
    ("ution", "uer"), ("ution", "uter"), ("uction", "uire"), ("diction", "dire"),
    ("scription", "scrire"), ("ection", "éger"), ("ection", "ecter"), ("action", "acter"),
    ("ption", "pter"), ("pression", "primer"), ("mission", "mettre"), ("pension", "pendre"),
    ("ension", "endre"), ("clusion", "clure"), ("usion", "user"), ("vision", "viser"),
    ("cision", "cider"), ("hésion", "hérer"), ("version", "vertir"), ("ersion", "erser"),
    ("ulsion", "ulser"), ("losion", "loser"), ("ssion", "sser"), ("asion", "ader"),
    ("rosion", "roder"), ("ition", "iter"), ("ption", "pter"),
    ("issement", "ir"), ("cement", "cer"), ("gement", "ger"), ("ellement", "eler"),
    ("ettement", "eter"), ("ètement", "éter"), ("èglement", "égler"), ("ègement", "éger"),
    ("iement", "yer"), ("ement", "er"), ("ement", "re"), ("ment", "r"),
    ("issage", "ir"), ("age", "er"), ("age", "re"), ("issance", "ir"), ("ance", "er"),
)  # fmt: skip
# Nouns that are the bare beginning of their verb in -er.
BARE = """
    abord accord affront ajout apport apprêt arrêt audit boycott brevet bruit calcul chant
    complot compost constat contact cout coût crédit cumul débit début
    déclin dégoût désaccord désir dessin discrédit écart éclat emprunt envol
    exploit export format frein galop heurt impact import mandat mépris oubli parfum parrain pardon
    piment plaid pleur pivot profit raccord rajout rapport recel recul refus regard
    repli report repos respect retard sanglot sabot saut souci souhait soupir sprint stock
    stress surcoût sursaut survol support test toast transit transport tri trust vaccin
    vol abandon rebond
    """
# Nouns of action that neither their endings tell nor that.
OTHERS = """
    absence absenter|accueil accueillir|achat acheter|acquisition acquérir|action agir
    addition additionner|appel appeler|atteinte atteindre|attente attendre|attribution attribuer
    choix choisir|collection collectionner|combat combattre|compréhension comprendre
    conception concevoir|conduite conduire|confection confectionner|connaissance connaître
    contrainte contraindre|contribution contribuer|coupure couper|couverture couvrir
    crainte craindre|croissance croître|débat débattre|décroissance décroître|défense défendre
    démission démissionner|description décrire|destruction détruire|direction diriger
    dissolution dissoudre|distribution distribuer|don donner|élection élire|emploi employer
    entretien entretenir|envoi envoyer|essai essayer|exigence exiger|extinction éteindre
    fermeture fermer|fonction fonctionner|gel geler|dégel dégeler|intervention intervenir
    interruption interrompre|lecture lire|maintien maintenir|mention mentionner
    naissance naître|obtention obtenir|ouverture ouvrir|perception percevoir|perte perdre
    plainte plaindre|préférence préférer|présidence présider|prévention prévenir
    prêt prêter|question questionner|réception recevoir|reconnaissance reconnaître
    recours recourir|rédaction rédiger|réélection réélire|refonte refondre|rejet rejeter
    remise remettre|réouverture rouvrir|réponse répondre|réquisition réquisitionner
    résidence résider|résolution résoudre|retrait retirer|rupture rompre|sanction sanctionner
    secours secourir|sélection sélectionner|signature signer|souffrance souffrir
    soutien soutenir|subvention subventionner|survie survivre|suspension suspendre|tri trier
    vente vendre|vol voler
    """
# Pairs that the endings make and no reader would.
APART = """
    appartement apparter|ballon baller|barrage barrer|cession cesser|citation citer
    collation coller|commission commettre|compartiment compartir|condition condir
    conseil conseiller|cours courser|créance créer|diction dire|dotation doter
    département départir|errance errer|fermage fermer|fondation fonder|formage former|fusion fuser
    garance garer|herbage herber|hommage hommer|image imer|instance ester|langage langer
    mirage mirer|mission mettre|notation noter|nuage nuer|nuance nuer|ombrage ombrer
    omission omettre|ordonnance ordonner|outrage outrer|ouvrage ouvrer|page per|parlement parler
    passage passer|passion passer|pension pendre|portage porter|position poser|postage poster
    pression presser|profession professer|ration rer|relation relater|rivage river|rouage rouer
    rémission remettre|sacrement sacrer|sentiment sentir|session cesser|situation situer
    station ster|substance subster|tapage taper|tempérament tempérer|train trainer|usage user
    version verser|visage viser|vision viser
    """
# A form of a verb or a plural that is nearly always another word: `un poste`, not `poster`.
FORMS_APART = """
    agonie agonir|agonies agonir|allée aller|allées aller|armée armer|armées armer|aura avoir
    auras avoir|avions avoir|bois boire|bouillons bouillir|bout bouillir|bus boire|cours courir
    cours courre|dessert desservir|discours discourir|enceinte enceindre|enceintes enceindre
    est être|faille faillir|faille falloir|failles faillir|faux faillir|fonds fondre|fous foutre
    haie haïr|haies haïr|issue issir|issues issir|jaunisse jaunir|lirons lire|lit lire
    mentions mentir|mentons mentir|moitié moitir|moule moudre|moules moudre|nourrissons nourrir
    nuit nuire|oie ouïr|oies ouïr|oignons oindre|oui ouïr|parent parer|paris pari|part partir
    parti partir|partie partir|parties partir|partis partir|peigne peindre|peignes peindre
    poigne poindre|poignes poindre|point poindre|pointe poindre|pointes poindre|points poindre
    polissons polir|raie raire|raies raire|rayons raire|rebus reboire|ressort ressortir
    retrait retraire|retraite retraire|retraites retraire|retraits retraire|revenu revenir
    revenus revenir|régie régir|régies régir|rêne renaître|sens sentir|sorte sortir|sortes sortir
    sourd sourdre|sourde sourdre|souris sourire|suis être|tapis tapir|teigne teindre
    teignes teindre|tendons tendre|tendrons tendre|tissu tistre|tissus tistre|tour tourer
    tours tourer|trait traire|traite traire|traites traire|traits traire|transit transir
    valais valoir|value valoir|vaux valoir|vis vivre|voie voir|voies voir|été être
    """
# Nouns whose verb in -er is a rare one, or another word: `une rue`, not `ruer`.
NOUNS_APART = """
    amende balle banque botte bouche brique buse cape carte case cave chambre cloche coque course
    crèche dame faute feuille gare graine grève jeune laine lampe langue ligne ligue linge marge
    marine marne mine monde mousse mure mûre page paille panne peine pile piste plane poche police
    pomme poste pote prime rame rampe rente rive robe rose roue rue sale seconde somme source
    table terre titre toile tonne tube vague vase vente verre zone écharpe
    """
PLURALS = {"cour"}  # nouns whose plural is that noun's too, though `cours` is a word of its own
# Forms that the dictionary has as words of their own.
TOGETHER = """
    œil yeux|ciel cieux|ail aulx|tout tous toute toutes|celui ceux|celle celles|il ils|elle elles
    un une uns unes|madame mesdames|monsieur messieurs|mademoiselle mesdemoiselles
    copain copains copine copines|beau bel|vieux vieil|nouveau nouvel|fou fol
    franc franche franches|maître maîtres maîtresse maîtresses|favori favorite favorites
    compagnon compagnons compagne compagnes|héros héroïne héroïnes|maximum maxima|minimum minima
    """


class Word(NamedTuple):
    """One entry of the dictionary: its forms are as written, the word itself first."""

    lemma: str
    kind: str
    forms: tuple[str, ...]
    marks: frozenset[str] = frozenset()
    past: tuple[str, ...] = ()


class Suffix(NamedTuple):
    """One rule of fr.aff: what goes, what comes, where, and the rules that apply to the result."""

    strip: str
    add: str
    where: re.Pattern[str]
    flags: tuple[str, ...]
    about: tuple[str, ...]


def flags_of(text: str) -> tuple[str, ...]:
    """Two characters each."""
    return tuple(text[n : n + 2] for n in range(0, len(text), 2))


def read_suffixes(path: Path) -> dict[str, list[Suffix]]:
    """The suffixes of fr.aff by their flag; what comes before a word (l', qu') is not needed."""
    found: dict[str, list[Suffix]] = defaultdict(list)
    for line in path.read_text(encoding="utf-8").splitlines():
        parts = line.split()
        if len(parts) < 5 or parts[0] != "SFX":
            continue
        add, _, flags = parts[3].partition("/")
        strip = "" if parts[2] == "0" else parts[2]
        where = re.compile(f"(?:{parts[4]})$")
        found[parts[1]].append(
            Suffix(strip, "" if add == "0" else add, where, flags_of(flags), tuple(parts[5:]))
        )
    return found


def expanded(
    word: str, flags: tuple[str, ...], suffixes: dict[str, list[Suffix]]
) -> Iterator[tuple[str, bool]]:
    """Every form of a word, itself first, and whether it is one of the simple past."""
    yield word, False
    for flag in flags:
        for rule in suffixes.get(flag, ()):
            past = bool(PAST.intersection(rule.about)) and PRESENT.isdisjoint(rule.about)
            if past and ("po:simp" in rule.about or THIRD.isdisjoint(rule.about)):
                continue
            if word.endswith(rule.strip) and rule.where.search(word):
                form = word[: len(word) - len(rule.strip)] + rule.add
                for more, _ in expanded(form, rule.flags, suffixes):
                    yield more, past


def kind_of(about: list[str]) -> str:
    """What sort of word its marks say it is."""
    kinds = {mark[3:] for mark in about if mark.startswith("po:")}
    if any(re.match(r"v\d|infi", kind) for kind in kinds):
        return "v"
    if kinds & {"npr", "patr", "prn"}:
        return "p"
    if "adv" in kinds:
        return "a"
    return "x" if "mg" in kinds or not kinds & {"nom", "adj"} else "n"


def read_words(folder: Path) -> list[Word]:
    """The words of the dictionary that a text can hold, as it has them."""
    suffixes = read_suffixes(folder / "fr.aff")
    found, compounds = [], set()
    for line in (folder / "fr.dic").read_text(encoding="utf-8").splitlines()[1:]:
        entry, *about = line.split()
        word, _, flags = entry.partition("/")
        known = flags_of(flags)
        if re.fullmatch(rf"{WORD.pattern}-{WORD.pattern}", word):
            compounds.add(word.replace("-", ""))
        if not WORD.fullmatch(word) or "{}" in known:
            continue
        forms = [pair for pair in expanded(word, known, suffixes) if WORD.fullmatch(pair[0])]
        own = tuple(dict.fromkeys(form for form, past in forms if not past))
        more = tuple(dict.fromkeys(form for form, past in forms if past))
        found.append(Word(word, kind_of(about), own, frozenset(about), more))
    return [w._replace(kind="c") if w.kind == "n" and w.lemma in compounds else w for w in found]


def with_past(words: list[Word]) -> list[Word]:
    """The words with what of their simple past no other word has."""
    taken = Counter(letters(form) for word in words for form in {*word.forms, *word.past})
    return [
        word._replace(
            forms=word.forms
            + tuple(f for f in word.past if len(f) >= SHORTEST and taken[letters(f)] == 1)
        )
        for word in words
    ]


def groups(words: list[Word]) -> list[Word]:
    """The words of TOGETHER, with the forms that the dictionary gives them."""
    known: dict[str, list[str]] = defaultdict(list)
    for word in words:
        if word.kind in "nx":
            known[word.lemma] += word.forms
    named = [line.split() for line in re.split(r"[|\n]", TOGETHER) if line.strip()]
    return [
        Word(names[0], "x", tuple(dict.fromkeys([*names, *known[names[0]]]))) for names in named
    ]


def in_trice(words: list[Word]) -> list[Word]:
    """Feminines that the dictionary has apart: enquêteur, enquêtrice."""
    known = {word.lemma for word in words if word.kind == "n"}
    return [
        Word(man, "n", (man, man + "s", woman, woman + "s"))
        for woman in known
        if woman.endswith("trice") and (man := woman.removesuffix("rice") + "eur") in known
    ]


def pairs(listed: str) -> set[tuple[str, str]]:
    """ "démolition démolir|vente vendre" -> the pairs."""
    return {
        (a, b) for a, b in (line.split() for line in re.split(r"[|\n]", listed) if line.strip())
    }


def adverbs(words: list[Word]) -> dict[str, str]:
    """Adverbs in -ment -> the adjective that they are made of."""
    known = {form: w.lemma for w in reversed(words) if w.kind == "n" for form in w.forms}
    made = {}
    for word in words:
        if word.kind != "a" or not word.lemma.endswith("ment"):
            continue
        base = word.lemma[:-4]
        tries = [base, base + "e", re.sub("é$", "e", base)]
        tries += [re.sub("m$", "nt", base)] if base.endswith(("am", "em")) else []
        for one in tries:
            if one in known:
                made[word.lemma] = known[one]
                break
    return made


def actions(words: list[Word]) -> set[tuple[str, str]]:
    """(noun, the verb whose action it is)."""
    verbs = {w.lemma for w in words if w.kind == "v"}
    nouns = {w.lemma for w in words if w.kind == "n" and "po:adj" not in w.marks}
    found = {
        (noun, noun.removesuffix(ending) + verb)
        for noun in nouns
        for ending, verb in ACTIONS
        if noun.endswith(ending) and noun.removesuffix(ending) + verb in verbs
    }
    found |= {(noun, noun + "er") for noun in BARE.split() if noun + "er" in verbs}
    return (found | pairs(OTHERS)) - pairs(APART)


def table(words: list[Word]) -> list[str]:
    """The lines of the table, without its header."""
    adverb_of: dict[str, list[str]] = defaultdict(list)
    made = adverbs(words)
    for adverb, adjective in made.items():
        adverb_of[adjective].append(adverb)
    links: dict[tuple[str, str], set[str]] = defaultdict(set)
    for noun, verb in actions(words):
        links[letters(noun), "n"].add(letters(verb))
        links[letters(verb), "v"].add(letters(noun))
    apart = {(letters(form), letters(lemma)) for form, lemma in pairs(FORMS_APART)}
    apart |= {(f, n + "r") for n in map(letters, NOUNS_APART.split()) for f in (n, n + "s")}
    small = {letters(form) for w in words if "po:mg" in w.marks for form in w.forms}
    named = {letters(w.lemma) for w in words if w.marks & {"po:nom", "po:prep", "po:adv"}}
    invariable = {letters(w.lemma) for w in words if w.marks >= {"po:nom", "is:inv"}}
    entries: set[tuple[str, str, tuple[str, ...]]] = set()
    for word in words:
        if word.kind == "a" and word.lemma in made:
            continue
        kind = "x" if word.kind == "a" else word.kind
        forms = tuple(dict.fromkeys(map(letters, word.forms)))
        if kind == "n" and forms[0] not in PLURALS:
            forms = tuple(f for f in forms if f == forms[0] or f not in invariable)
        if kind == "v":  # pendant, habitant; entre, du
            forms = tuple(f for f in forms if not (f.endswith("ant") and f in named))
            forms = tuple(f for f in forms if f not in small)
        forms = tuple(f for f in forms if (f, forms[0]) not in apart)
        made_of = tuple(map(letters, adverb_of.get(word.lemma, []) if kind == "n" else []))
        first, *others = told_apart(forms) if kind == "n" else [forms]
        entries |= {(group[0], kind, group) for group in (first + made_of, *others)}
    return lines_of(entries, links)


def told_apart(forms: tuple[str, ...]) -> list[tuple[str, ...]]:
    """The forms of a noun or adjective, cut where the stems know two words: droit, droite."""
    groups: dict[str, list[str]] = {}
    first = stem(forms[0])
    for form in forms:
        own = stem(form)
        groups.setdefault(own if is_apart(own) or is_apart(first) else first, []).append(form)
    return [tuple(group) for group in groups.values()]


def lines_of(
    entries: set[tuple[str, str, tuple[str, ...]]], links: dict[tuple[str, str], set[str]]
) -> list[str]:
    """Words cut where their forms part."""
    cut = []
    for lemma, kind, forms in sorted(entries):
        stem = common(forms)
        endings = kind + " " + " ".join(form[len(stem) :] or "-" for form in forms)
        cut.append((stem, endings, " ".join(sorted(links.get((lemma, kind), ())))))
    sets = [endings for endings, _ in Counter(c[1] for c in cut).most_common()]
    number = {endings: n for n, endings in enumerate(sets)}
    words = {
        "\t".join([stem, str(number[endings]), linked]).rstrip("\t")
        for stem, endings, linked in cut
    }
    return [*sets, "", *sorted(words)]


def common(forms: tuple[str, ...]) -> str:
    """How all of them begin."""
    first, last = min(forms), max(forms)
    size = next((n for n, c in enumerate(first) if last[n : n + 1] != c), len(first))
    return first[:size]


def main() -> None:
    """Write the table."""
    words = with_past(read_words(Path(sys.argv[1])))
    lines = table([*words, *groups(words), *in_trice(words)])
    TABLE.write_text(HEADER + "\n".join(lines) + "\n", encoding="utf-8")
    print(f"{TABLE}: {TABLE.stat().st_size / 2**20:.2f} MiB, {len(lines)} lines")


if __name__ == "__main__":
    main()
