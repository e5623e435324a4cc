"""The plan of the invented town, drawn by hand: metres east and north of its church.

Nothing here is a place that exists. Roads and rivers are centre lines with a width; the
cadastre leaves them out, so that parcels form blocks with gaps between them. A `Place` is a
parcel whose outline somebody decided; every other parcel is cut out by `parcels`.
"""

from __future__ import annotations

from dataclasses import dataclass

INSEE = "99012"
COMMUNE = "Valserres-sur-Lisse"
POSTCODE = "99120"
INVENTED = "commune inventée"
VINTAGE = "2026-07-01"  # edition date written in the files
ORIGIN_LAMBERT_93 = (518_945.0, 6_650_485.0)  # the church: near longitude 0.62, latitude 46.93

Points = tuple[tuple[float, float], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Road:
    """A street, its width, and the stretches (from, to, kind of frontage) that carry lots."""

    name: str  # as the sales files write it: "GRANDE RUE"
    line: Points
    width_m: float
    lots: tuple[tuple[float, float, str], ...] = ()
    bulb_m: float = 0.0  # radius of the turning circle at the end of a cul-de-sac


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A parcel drawn by hand: its use, its owner when public, its outline before roads cut it."""

    key: str
    use: str
    outline: Points
    owner: str = ""  # "commune", "sncf", "departement" or nothing known
    zone: str = ""  # PLU zone, when it is not the zone of the surroundings


@dataclass(frozen=True, slots=True, kw_only=True)
class Cover:
    """A part of the open country with one use, and the usual size of a parcel there."""

    use: str
    size_m2: tuple[float, float]
    outline: Points


EVERYWHERE = (0.0, 9_999.0)

LIMITS: Points = (
    (-1580, 180), (-1470, 640), (-1210, 830), (-1080, 1090), (-640, 1210), (-250, 1130),
    (190, 1240), (560, 1190), (1010, 1260), (1290, 1020), (1370, 640), (1600, 380),
    (1540, -60), (1490, -420), (1180, -610), (1060, -930), (640, -1080), (230, -1010),
    (-190, -1120), (-720, -1060), (-980, -830), (-1340, -790), (-1490, -330),
)  # fmt: skip

RIVER: Points = (
    (-2000, -640), (-1650, -560), (-1380, -640), (-1080, -560), (-850, -360), (-600, -262),
    (-340, -250), (-120, -272), (90, -280), (290, -225), (450, -105), (640, -40), (860, -70),
    (1040, -190), (1250, -250), (1480, -180), (1700, -210), (2000, -320),
)  # fmt: skip
RIVER_WIDTH_M = 18.0

BROOK: Points = (
    (1420, 1200), (1180, 930), (1000, 650), (905, 450), (860, 280), (765, 130), (690, 40),
    (660, -40),
)  # fmt: skip
BROOK_WIDTH_M = 4.0

RAILWAY: Points = (
    (-1500, 1640), (-1000, 1300), (-650, 1095), (-200, 930), (200, 805), (500, 690), (800, 575),
    (1150, 455), (1800, 330),
)  # fmt: skip
RAILWAY_WIDTH_M = 16.0

SQUARES: tuple[Points, ...] = (
    ((-50, -22), (-42, 30), (4, 40), (54, 31), (60, -12), (20, -32), (-16, -34)),  # the church
    ((-136, -86), (-96, -94), (-90, -50), (-128, -46)),  # the covered market
    ((574, 590), (606, 622), (640, 590), (604, 560)),  # the station yard
)

ROADS: tuple[Road, ...] = (
    # The boulevards, on the ditches of the medieval town, and the quay
    Road(
        name="BD DU MAIL",
        line=((-172, -244), (-200, -120), (-194, 10), (-146, 120), (-34, 178), (94, 163),
              (186, 84), (218, -28), (204, -146), (176, -252)),
        width_m=13,
        lots=((*EVERYWHERE, "faubourg"),),
    ),
    Road(name="QUAI DE LA LISSE", line=((-172, -244), (-90, -254), (80, -260), (176, -252)),
         width_m=8, lots=((*EVERYWHERE, "centre"),)),
    # Within the walls
    Road(name="GRANDE RUE", line=((-194, 6), (-122, -16), (-46, -4)), width_m=7,
         lots=((*EVERYWHERE, "centre"),)),
    Road(name="GRANDE RUE", line=((54, 8), (112, -12), (168, -8), (216, -22)), width_m=7,
         lots=((*EVERYWHERE, "centre"),)),
    Road(name="RUE DU PONT", line=((2, -30), (-14, -90), (-9, -162), (-24, -236), (-30, -320)),
         width_m=8, lots=((0, 220, "centre"),)),
    Road(name="RUE DE L HORLOGE", line=((6, 36), (-4, 98), (22, 174)), width_m=6,
         lots=((*EVERYWHERE, "centre"),)),
    Road(name="RUE DU FOUR", line=((-46, 8), (-74, 58), (-66, 104), (-88, 152)), width_m=5,
         lots=((*EVERYWHERE, "centre"),)),
    Road(name="RUE DES TANNEURS", line=((-198, -134), (-150, -150), (-84, -146), (-10, -158)),
         width_m=5, lots=((*EVERYWHERE, "centre"),)),
    Road(name="RUE BASSE", line=((-12, -120), (40, -146), (112, -146), (204, -152)), width_m=5,
         lots=((*EVERYWHERE, "centre"),)),
    Road(name="RUE DES TEINTURIERS", line=((92, -148), (84, -200), (90, -258)), width_m=5,
         lots=((*EVERYWHERE, "centre"),)),
    Road(name="RUE DU CHAPITRE", line=((54, 26), (92, 76), (86, 160)), width_m=5,
         lots=((*EVERYWHERE, "centre"),)),
    Road(name="RUE DE LA POTERNE", line=((112, -12), (98, -76), (112, -146)), width_m=4.5,
         lots=((*EVERYWHERE, "centre"),)),
    Road(name="RUE DES CORDELIERS", line=((-122, -16), (-112, -68), (-118, -146)), width_m=5,
         lots=((*EVERYWHERE, "centre"),)),
    Road(name="RUE COURBE", line=((-66, 98), (-30, 84), (-2, 90), (44, 112), (90, 104)),
         width_m=4.5, lots=((*EVERYWHERE, "centre"),)),
    Road(name="RUE DU PUITS", line=((-112, -66), (-64, -62), (-12, -78)), width_m=4.5,
         lots=((*EVERYWHERE, "centre"),)),
    Road(name="RUE DU SALPETRE", line=((-178, 62), (-128, 40), (-72, 58)), width_m=4.5,
         lots=((*EVERYWHERE, "centre"),)),
    # The ways out, with their suburbs
    Road(name="RTE DES ORMES", line=((-194, 10), (-330, 44), (-520, 30), (-800, 92), (-1150, 60),
                                     (-1700, 150)),
         width_m=11, lots=((0, 430, "faubourg"), (430, 560, "pavillon"), (880, 1060, "hameau"))),
    Road(name="RUE DU MOULIN A VENT", line=((-146, 120), (-262, 242), (-384, 424), (-522, 640),
                                            (-640, 900), (-760, 1400)),
         width_m=9, lots=((0, 260, "faubourg"), (260, 590, "pavillon"))),
    Road(name="RUE DES ECOLES", line=((22, 174), (42, 300), (12, 452), (40, 620), (-8, 820),
                                      (62, 1080), (40, 1450)),
         width_m=9, lots=((0, 230, "faubourg"), (230, 610, "pavillon"))),
    Road(name="AV DE LA GARE", line=((130, 142), (262, 292), (420, 412), (566, 528), (652, 632),
                                     (830, 770), (1050, 980), (1300, 1400)),
         width_m=12, lots=((0, 470, "faubourg"), (470, 560, "pavillon"))),
    Road(name="RTE DE SAINTE AUBAINE", line=((216, -22), (342, 34), (500, 96), (660, 128),
                                             (860, 112), (1080, 130), (1350, 108), (1750, 40)),
         width_m=11, lots=((0, 390, "faubourg"), (390, 560, "pavillon"))),
    Road(name="FG SAINT JACQUES", line=((-30, -306), (-24, -390)), width_m=9,
         lots=((0, 90, "centre"),)),
    Road(name="RTE DU GRAND CLOS", line=((-24, -390), (112, -516), (330, -640), (600, -820),
                                         (900, -1250)),
         width_m=10, lots=((0, 300, "faubourg"), (300, 480, "pavillon"))),
    Road(name="RTE DE LA METAIRIE", line=((-24, -390), (-168, -474), (-400, -560), (-700, -700),
                                          (-1000, -900), (-1250, -1250)),
         width_m=10, lots=((0, 260, "faubourg"), (260, 440, "pavillon"))),
    # Links between the ways out
    Road(name="RUE DU STADE", line=((-322, 330), (-160, 356), (32, 376), (200, 332), (318, 340)),
         width_m=9, lots=((*EVERYWHERE, "pavillon"),)),
    Road(name="RUE DES JARDINS", line=((-424, 36), (-404, 172), (-322, 330)), width_m=7,
         lots=((*EVERYWHERE, "pavillon"),)),
    Road(name="RUE DU LAVOIR", line=((205, -146), (300, -112), (392, -22), (470, 84)), width_m=7,
         lots=((*EVERYWHERE, "faubourg"),)),
    Road(name="RUE DE LA FOIRE", line=((28, 226), (-60, 262), (-150, 290), (-262, 242)),
         width_m=7, lots=((*EVERYWHERE, "pavillon"),)),
    Road(name="RUE DU DEPOT", line=((536, 506), (612, 410), (622, 262), (606, 118)), width_m=8,
         lots=((*EVERYWHERE, "pavillon"),)),
    Road(name="RUE PASTEUR", line=((262, 292), (360, 214), (372, 120), (362, 42)), width_m=8,
         lots=((*EVERYWHERE, "pavillon"),)),
    Road(name="RUE DES ACACIAS", line=((366, 206), (480, 236), (622, 262)), width_m=7,
         lots=((*EVERYWHERE, "pavillon"),)),
    # Housing estates of 1965-2015
    Road(name="RUE DES VIGNES", line=((12, 452), (-118, 476), (-236, 548), (-262, 672),
                                      (-160, 762), (-16, 770)),
         width_m=8, lots=((*EVERYWHERE, "pavillon"),)),
    Road(name="RUE DU CHARDONNAY", line=((-236, 548), (-340, 540), (-462, 546)), width_m=7,
         lots=((*EVERYWHERE, "pavillon"),)),
    Road(name="IMP DU MUSCAT", line=((-262, 660), (-372, 690)), width_m=6, bulb_m=10,
         lots=((*EVERYWHERE, "pavillon"),)),
    Road(name="IMP DU CHENIN", line=((-248, 596), (-150, 612), (-92, 600)), width_m=6, bulb_m=10,
         lots=((*EVERYWHERE, "pavillon"),)),
    Road(name="IMP DES SARMENTS", line=((-84, 770), (-96, 690)), width_m=6, bulb_m=10,
         lots=((*EVERYWHERE, "pavillon"),)),
    Road(name="RUE DU CLOS FLEURI", line=((28, 556), (150, 540), (268, 596), (396, 520),
                                          (470, 452)),
         width_m=8, lots=((*EVERYWHERE, "pavillon"),)),
    Road(name="IMP DES LILAS", line=((138, 541), (146, 652)), width_m=6, bulb_m=10,
         lots=((*EVERYWHERE, "pavillon"),)),
    Road(name="IMP DES GLYCINES", line=((268, 596), (330, 664)), width_m=6, bulb_m=10,
         lots=((*EVERYWHERE, "pavillon"),)),
    Road(name="RUE DE L AVENIR", line=((206, 568), (196, 470), (150, 400), (146, 346)),
         width_m=9),
    Road(name="RUE DES TILLEULS", line=((-540, 32), (-520, -60), (-420, -130), (-300, -110),
                                        (-280, 30)),
         width_m=8, lots=((*EVERYWHERE, "pavillon"),)),
    Road(name="IMP DES CHARMES", line=((-518, -66), (-622, -96)), width_m=6, bulb_m=10,
         lots=((*EVERYWHERE, "pavillon"),)),
    Road(name="IMP DES ERABLES", line=((-408, -130), (-400, -46)), width_m=6, bulb_m=10,
         lots=((*EVERYWHERE, "pavillon"),)),
    Road(name="RUE DES BLEUETS", line=((112, -516), (228, -470), (360, -474), (446, -560),
                                       (396, -676)),
         width_m=8, lots=((*EVERYWHERE, "pavillon"),)),
    Road(name="IMP DES COQUELICOTS", line=((300, -472), (316, -392)), width_m=6, bulb_m=10,
         lots=((*EVERYWHERE, "pavillon"),)),
    Road(name="RUE DU PRESSOIR", line=((-168, -474), (-138, -590), (-10, -662), (130, -640),
                                       (196, -566)),
         width_m=8, lots=((*EVERYWHERE, "pavillon"),)),
    Road(name="IMP DU CELLIER", line=((-128, -600), (-236, -652)), width_m=6, bulb_m=10,
         lots=((*EVERYWHERE, "pavillon"),)),
    # Activity zone and hamlet
    Road(name="RUE DE LA SCIERIE", line=((604, 574), (690, 520), (786, 492)), width_m=7,
         bulb_m=11, lots=((*EVERYWHERE, "pavillon"),)),
    Road(name="RUE DES PRES LONGS", line=((962, 122), (972, 228), (1062, 322), (1204, 300),
                                          (1238, 118)),
         width_m=10, lots=((*EVERYWHERE, "activite"),)),
    Road(name="LD LES ORMEAUX", line=((-1150, 62), (-1184, 200), (-1116, 330)), width_m=6,
         lots=((*EVERYWHERE, "hameau"),)),
    # Farm tracks
    Road(name="CHE DES AUBEPINES", line=((-800, 92), (-832, 350), (-706, 600), (-522, 640)),
         width_m=5),
    Road(name="CHE DE LA BUTTE", line=((-832, 350), (-1116, 330), (-1300, 520), (-1700, 600)),
         width_m=5),
    Road(name="CHE DES CARRIERES", line=((-640, 900), (-860, 860), (-1010, 700), (-1116, 330)),
         width_m=5),
    Road(name="CHE DU BOIS RENARD", line=((52, 1040), (400, 1000), (760, 1060), (1050, 980)),
         width_m=5),
    Road(name="CHE DES TERRES FORTES", line=((9, 862), (330, 900), (640, 900), (830, 770)),
         width_m=5),
    Road(name="CHE DE LA NOUE", line=((1350, 108), (1400, 480), (1240, 760), (1050, 980)),
         width_m=5),
    Road(name="CHE DES PRAIRIES", line=((1080, 130), (1110, -40), (1330, -60), (1600, 20)),
         width_m=5),
    Road(name="CHE DU GUE", line=((600, -820), (880, -620), (1180, -520), (1600, -560)),
         width_m=5),
    Road(name="CHE DES SAULES", line=((880, -620), (800, -400), (560, -300), (474, -372),
                                      (436, -516)),
         width_m=5),
    Road(name="CHE DE LA VARENNE", line=((-400, -560), (-520, -420), (-780, -500), (-1000, -700),
                                         (-1000, -900)),
         width_m=5),
    Road(name="CHE DU HAUT BRIN", line=((-700, -700), (-450, -850), (-150, -900), (200, -880),
                                        (520, -770)),
         width_m=5),
    Road(name="CHE DES LANDES", line=((-150, -900), (-110, -780), (-10, -662)), width_m=5),
    Road(name="CHE DES ILES", line=((-800, 92), (-860, -120), (-1150, -330), (-1500, -300)),
         width_m=5),
)  # fmt: skip

PLACES: tuple[Place, ...] = (
    Place(key="eglise", use="culte", owner="commune",
          outline=((-24, -8), (-14, -13), (26, -4), (26, 12), (-22, 9))),
    # Land held by the public and by institutions
    Place(key="pre_de_la_foire", use="libre", owner="commune",
          outline=((-102, 142), (-54, 164), (-57, 238), (-95, 238))),
    Place(key="mairie", use="equipement", owner="commune",
          outline=((-180, 100), (-150, 130), (-188, 174), (-224, 140))),
    Place(key="ecole", use="equipement", owner="commune", zone="UE",
          outline=((-140, 290), (-48, 260), (-42, 371), (-148, 364))),
    Place(key="college", use="equipement", owner="departement", zone="UE",
          outline=((-146, 362), (-40, 372), (-46, 446), (-158, 430))),
    Place(key="stade", use="terrain", owner="commune", zone="UE",
          outline=((-312, 330), (-166, 350), (-176, 452), (-300, 462), (-352, 420))),
    Place(key="reserve_scolaire", use="libre", owner="commune", zone="UE",
          outline=((-232, 268), (-156, 296), (-160, 350), (-214, 350))),
    Place(key="cimetiere", use="terrain", owner="commune", zone="UE",
          outline=((-520, 36), (-450, 36), (-440, 120), (-515, 130))),
    Place(key="station_epuration", use="equipement", owner="commune", zone="UE",
          outline=((-700, -215), (-640, -200), (-650, -150), (-705, -160))),
    Place(key="salle_des_fetes", use="equipement", owner="commune",
          outline=((232, -120), (300, -108), (330, -84), (300, -48), (240, -66))),
    Place(key="caserne", use="equipement", owner="departement",
          outline=((640, 120), (700, 120), (700, 180), (638, 184))),
    Place(key="parking_poterne", use="libre", owner="commune",
          outline=((98, -124), (150, -128), (148, -104), (98, -100))),
    Place(key="gare", use="gare", owner="sncf",
          outline=((560, 640), (600, 616), (640, 630), (600, 655))),
    Place(key="cour_marchandises", use="libre", owner="sncf",
          outline=((500, 672), (562, 648), (586, 622), (592, 606), (576, 588), (548, 592),
                   (486, 640))),
    Place(key="scierie", use="friche",
          outline=((676, 618), (800, 570), (826, 530), (790, 500), (690, 520))),
    # Gaps in the fabric: the sites a screening should find, or refuse with a reason
    Place(key="coeur_ilot", use="libre",
          outline=((-284, 20), (-275, 20), (-275, 100), (-262, 100), (-258, 152), (-302, 156),
                   (-308, 104), (-284, 100))),
    Place(key="fourche", use="libre", owner="commune",
          outline=((-24, -390), (22, -426), (-8, -446), (-36, -440), (-60, -414))),
    Place(key="paire_ouest", use="libre", outline=((318, 330), (340, 346), (320, 373),
                                                   (298, 357))),
    Place(key="paire_est", use="libre", outline=((340, 346), (361, 362), (342, 388),
                                                 (320, 373))),
    Place(key="laniere", use="libre", owner="commune",
          outline=((256, -8), (264, -12), (330, 126), (323, 130))),
    Place(key="pre_du_lavoir", use="libre",
          outline=((330, -150), (374, -116), (398, -58), (376, -34), (326, -82))),
    Place(key="lot_activite", use="libre", outline=((1010, 120), (1064, 120), (1066, 190),
                                                    (1008, 190))),
    Place(key="verger", use="libre", outline=((446, 158), (500, 166), (494, 245), (442, 232))),
    Place(key="bord_de_lisse", use="libre",
          outline=((-378, -126), (-326, -118), (-320, -186), (-374, -192))),
    Place(key="grange", use="libre", outline=((52, -604), (104, -600), (106, -655), (44, -665))),
    Place(key="au_ouest", use="libre", zone="1AU",
          outline=((104, 412), (152, 402), (184, 450), (150, 498), (96, 486))),
    Place(key="au_est", use="libre", zone="1AU",
          outline=((196, 392), (262, 396), (262, 452), (196, 470), (160, 404))),
    Place(key="au_nord", use="libre", zone="1AU",
          outline=((150, 498), (184, 450), (202, 475), (204, 530), (150, 514))),
    Place(key="au_verger", use="libre", zone="1AU",
          outline=((196, 470), (262, 452), (268, 506), (202, 528))),
    # Flats: an estate of 1974, and a building sold off plan since 2022
    Place(key="residence_tilleuls", use="residence",
          outline=((536, 100), (594, 104), (588, 186), (530, 176))),
    Place(key="clos_du_mail", use="residence",
          outline=((192, 216), (236, 266), (198, 298), (158, 250))),
    # Farmsteads of the open country
    Place(key="ferme_varenne", use="ferme",
          outline=((-470, -420), (-400, -440), (-420, -505), (-490, -480))),
    Place(key="ferme_haut_brin", use="ferme",
          outline=((180, -890), (260, -880), (262, -820), (190, -815))),
    Place(key="ferme_noue", use="ferme",
          outline=((1326, 500), (1404, 522), (1376, 592), (1300, 566))),
    Place(key="ferme_terres_fortes", use="ferme",
          outline=((420, 900), (500, 905), (495, 975), (425, 970))),
    Place(key="ferme_butte", use="ferme",
          outline=((-898, 372), (-822, 366), (-818, 432), (-905, 428))),
)  # fmt: skip

COVERS: tuple[Cover, ...] = (
    Cover(use="bois", size_m2=(12_000, 40_000),
          outline=((640, 1075), (780, 1080), (1040, 1010), (1330, 1100), (1280, 1300),
                   (800, 1300))),
    Cover(use="bois", size_m2=(9_000, 30_000),
          outline=((-1700, -420), (-1500, -280), (-1180, -320), (-1010, -180), (-1080, 20),
                   (-1700, 90))),
    Cover(use="bois", size_m2=(8_000, 26_000),
          outline=((-720, -1200), (-640, -960), (-330, -900), (-120, -960), (-160, -1200))),
    Cover(use="bois", size_m2=(6_000, 18_000),
          outline=((-1010, 720), (-850, 850), (-900, 1000), (-1120, 1010), (-1150, 840))),
    Cover(use="vigne", size_m2=(2_600, 7_000),
          outline=((-860, 330), (-700, 590), (-560, 640), (-440, 400), (-600, 220), (-840, 180))),
    Cover(use="pre", size_m2=(5_000, 14_000),
          outline=((-1640, -700), (-1380, -760), (-1100, -650), (-860, -420), (-620, -330),
                   (-340, -310), (80, -330), (300, -270), (470, -150), (660, -90), (900, -130),
                   (1060, -260), (1540, -260), (1540, -30), (1100, -60), (860, 40), (640, 80),
                   (430, -60), (290, -180), (100, -230), (-180, -230), (-620, -160), (-860, -200),
                   (-1150, -450), (-1380, -540), (-1640, -480))),
)  # fmt: skip
