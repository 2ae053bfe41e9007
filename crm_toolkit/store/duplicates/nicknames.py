"""Short and other forms of given names: «Саша» may be Александр and Александра, Bob is Robert.

Small lists of our own of usual forms; they say that two forms may belong to one person and nothing about how often.
Names are in the normal form of `intake.normal_forms`.
"""

from __future__ import annotations

_ENGLISH = """
abigail abby gail; adam ad; albert al bert bertie; alexander alex alec sandy xander; alexandra alex sandra lexi sasha
alexis lexi; alfred al fred; alice ally; allison allie ally; amanda mandy; andrew andy drew; angela angie; ann anne
annie nan anna; anthony tony; arthur art; barbara barb babs barbie; benjamin ben benny; bernard bernie; beverly bev;
bradley brad; brandon bran; brian bryan; calvin cal; cameron cam; carl karl; caroline carrie carol; catherine cathy
kate katie cat; charles charlie chuck chas; charlotte charlie lottie; christina tina chris chrissy; christine chris
tina chrissy; christopher chris kit topher; cynthia cindy; daniel dan danny; danielle dani; david dave davy; deborah
deb debbie debra; dennis denny; diana di; donald don donny; dorothy dot dottie dolly; douglas doug; edward ed ted eddie
ned; eleanor ellie nell; elizabeth liz beth betty eliza lizzie libby lisa; emily em emmy; eric rick erik; eugene gene;
evelyn evie; frances fran frannie; francis frank; franklin frank; frederick fred freddie; gabriel gabe; gabrielle gabby;
gerald gerry jerry; gilbert gil; gregory greg; harold harry hal; helen nell; henry hank harry; isabella bella izzy;
jacob jake; jacqueline jackie; james jim jimmy jamie; janet jan; jasmine jazz; jason jay; jeffrey jeff geoffrey;
jennifer jen jenny; jeremy jerry; jessica jess jessie; joanna jo joan; john jack johnny jon; jonathan jon jonny;
joseph joe joey; joshua josh; judith judy; julia julie; justin jus; karen kari; katherine kate kathy katie kat kathryn;
kathleen kathy kate; kathryn kathy kate katie; kelly kel; kenneth ken kenny; kevin kev; kimberly kim kimmy; kristen
kris kristin; lauren laurie; laurence larry; lawrence larry; leonard len lenny leo; leslie les; lillian lily; linda lin;
louis lou louie; lucille lucy; madeline maddie; margaret maggie peggy meg marge greta; marie mary; martin marty; mary
molly polly; matthew matt; maxwell max; megan meg; melissa missy mel lissa; michael mike mick mickey; michelle shelly
mich; mitchell mitch; monica moni; nancy nan; natalie nat; nathan nate nat; nathaniel nate nat; nicholas nick nicky;
nicole nicky nikki; oliver ollie; olivia liv livvy; pamela pam; patricia pat patty tricia trish; patrick pat paddy;
peter pete; philip phil phillip; phyllis phil; rachel rae; randall randy; raymond ray; rebecca becky becca; reginald
reg; richard rick dick rich richie; robert bob rob bobby robbie bert; roger rodge; ronald ron ronnie; russell russ;
ruth ruthie; samantha sam sammy; samuel sam sammy; sandra sandy; sara sarah sally; sarah sally sadie; sharon shari;
shirley shirl; sophia sophie; stanley stan; stephanie steph; stephen steve stevie; steven steve stevie; susan sue susie
suzy; sylvia syl; tamara tammy; teresa terry tess; theodore ted theo teddy; theresa terry tess; thomas tom tommy;
timothy tim timmy;
valerie val; vanessa nessa; veronica ronnie; victor vic; victoria vicky tori vic; vincent vince vinny;
virginia ginny; walter walt wally; wesley wes; william bill will billy willie liam; zachary zach zack
"""

_RUSSIAN = """
александр саша шура алекс саня; александра саша шура саня; алексей леша алеша леха; алена алена елена; алина аля лина;
алиса аля; алла аллочка; альберт алик; анастасия настя ася стася; анатолий толя толик; ангелина геля лина; андрей
андрюша дрюня; анна аня нюра анюта; антон антоша тоша; антонина тоня; аркадий аркаша; арсений сеня арсюша; артем тема
артемий; артур артурчик; богдан бодя; борис боря; вадим вадик дима; валентин валя; валентина валя; валерий валера;
валерия лера; варвара варя; василий вася; вера верочка веруня; вероника ника; виктор витя; виктория вика; виталий
виталик; владимир вова володя; владислав влад слава владик; всеволод сева; вячеслав слава; галина галя; геннадий гена;
георгий гоша жора гера егор; герман гера; глеб глебушка; григорий гриша; дарья даша; денис дениска деня; диана ди;
дмитрий дима митя; ева евочка; евгений женя; евгения женя; евдокия дуся; егор егорка гоша; екатерина катя катюша; елена
лена алена; елизавета лиза; жанна жанночка; захар захарка; зинаида зина; злата златочка; зоя зоечка; иван ваня; игорь
игорек гоша; илья илюша; инна инночка; иннокентий кеша; ирина ира ириша; иосиф ося; карина кара; кира кирочка; кирилл
кира кирюша; клавдия клава; константин костя; кристина кристи тина; ксения ксюша оксана; лариса лара; лев лева; леонид
леня; лидия лида; лилия лиля; любовь люба; людмила люда мила люся; маргарита рита марго; марина мариша мара; мария маша
маруся маня марья; марк марик; матвей мотя; михаил миша; надежда надя; наталия наташа ната наталья; наталья наташа ната;
никита ника никитка; николай коля; нина ниночка; оксана ксана ксюша; олег олежка олежек; олеся леся; ольга оля; павел
паша; пелагея поля; петр петя; полина поля; прохор проша; раиса рая; регина рина; роман рома; руслан русик; савелий
сава;
светлана света; святослав слава; семен сема; сергей сережа серега; софия соня софа софья; софья соня софа; станислав
стас слава; степан степа; таисия тая; тамара тома; татьяна таня; тимофей тима; тимур тима; ульяна уля; федор федя;
филипп филя; эдуард эдик; эльвира эля; эмилия эмма; юлия юля; юрий юра; яна яночка; яков яша; ярослав ярик слава
"""


def _groups(*texts: str) -> dict[str, frozenset[int]]:
    """Form → numbers of the names that it may stand for."""
    forms: dict[str, set[int]] = {}
    entries = [entry.split() for text in texts for entry in text.split(";")]
    for number, words in enumerate(words for words in entries if words):
        for word in words:
            forms.setdefault(word, set()).add(number)
    return {word: frozenset(numbers) for word, numbers in forms.items()}


GROUPS = _groups(_ENGLISH, _RUSSIAN)
"""Form → numbers of the given names that it may stand for."""


def one_name(one: str, other: str) -> bool:
    """Whether two forms may be one given name.

    >>> one_name("саша", "александра"), one_name("bob", "robert"), one_name("bob", "william")
    (True, True, False)
    """
    return one == other or bool(GROUPS.get(one, frozenset()) & GROUPS.get(other, frozenset()))
