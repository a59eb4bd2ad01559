"""Words in the names of columns that say what a column holds, in the order in which they convince.

One row for each language of English, German, French, Spanish, Portuguese, Italian, Dutch. Words are compared without
accents and in lower case; the values of a column decide whether its name is believed.
"""

from __future__ import annotations

import unicodedata


def plain(text: str) -> str:
    """Lower case without accents: Étape -> etape, Größe -> grosse."""
    apart = unicodedata.normalize("NFKD", text.casefold())
    return "".join(sign for sign in apart if not unicodedata.combining(sign))


def _listed(*lines: str) -> tuple[str, ...]:
    words = (part.strip() for line in lines for part in plain(" ".join(line.split())).split(","))
    return tuple(dict.fromkeys(word for word in words if word))


# --- what happens

ACTIVITY = _listed(
    "activity, event, concept name, event type, event name, action, milestone, what, step",
    "aktivität, ereignis, vorgangsart, schritt, aktion, meilenstein",
    "activité, évènement, événement, jalon",
    "actividad, evento, acción, paso, hito",
    "atividade, ação, passo, marco",
    "attività, azione, passaggio",
    "activiteit, gebeurtenis, actie, stap, mijlpaal",
)
STATUS = _listed(
    "status, stage, state, phase, disposition",
    "zustand, stufe",
    "statut, état, étape",
    "estado, etapa, fase",
    "situação, estágio",
    "stato",
    "toestand",
)
SUB_STATUS = _listed("substatus, sub status, transition, lifecycle, substage, detail, sub state, reason")
FORMER = _listed("from, old, previous, prior, before, former, von, alt, vorher, ancien, anterior, precedente, vorige")
LATTER = _listed("to, new, new value, to string, after, neu, nach, nouveau, nuevo, novo, nuovo, nieuw")
CHANGED_FIELD = _listed("field, changed field, field name, attribute, feld, champ, campo, veld")
SEQUENCE = _listed(
    "index, sequence, seq, step no, position, row, nr, no, number, order",
    "folge, zeile, nummer",
    "ligne, rang",
    "linha, riga, regel",
)

# --- when

TIME = _listed(
    "at, date, time, timestamp, ts, on, when, datetime, day, utc, gmt",
    "datum, zeit, zeitpunkt, zeitstempel, uhrzeit, tag, am, um, vom",
    "heure, horodatage, jour",
    "fecha, hora, día",
    "data, dia",
    "ora, giorno",
    "tijd, tijdstip, dag",
)
ON = _listed("am, um, le, el, em, il, op")  # closing a name, as in Créé le
MOMENT = _listed("created, updated, opened, closed, start, started, end, ended")
PLANNED = _listed(
    "estimated, expected, due, deadline, planned, promised, limit, target, renewal, expiry, expires, valid, until",
    "eta, forecast, next, scheduled",
    "fällig, faellig, fälligkeit, geplant, erwartet, voraussichtlich, frist, ablauf, gültig, wiedervorlage",
    "échéance, prévu, prévue, prévisionnelle, limite, prochain, prochaine, expiration",
    "vencimiento, previsto, prevista, próximo, próxima, caducidad",
    "vencimento, prazo, validade",
    "scadenza, prossimo, prossima",
    "verwacht, gepland, vervaldatum, verval, volgende",
)
EDITED = _listed(
    "updated, modified, edited, last change, last changed, last activity",
    "aktualisiert, geändert, geaendert",
    "modifié, modifiée, mis à jour, modification",
    "actualizado, modificado, actualización",
    "atualizado, alterado, alteração, atualização",
    "aggiornato, modificato, modifica",
    "bijgewerkt, gewijzigd",
)

# --- whose, and what

ACCOUNT = _listed(
    "account, company, organisation, organization, firm, client, customer, tenant, seller, merchant, vendor, supplier",
    "partner, subscriber, shop, store",
    "firma, unternehmen, kunde, mandant, lieferant, händler, auftraggeber",
    "entreprise, société, compte, fournisseur, boutique",
    "empresa, cuenta, cliente, proveedor, tienda",
    "conta, fornecedor, loja",
    "azienda, società, fornitore, negozio",
    "bedrijf, klant, leverancier, winkel",
)
NO_ACCOUNT = _listed(
    "country, city, region, type, size, status, segment, industry, line, role, group, involved, zip, age, gender",
    "birth, phone, satisfaction, rating, manager, owner, code, date, response, has, is, state, since, count, score",
    "tier, plan, language",
    "land, ort, stadt, plz, art, typ, größe, branche, gruppe, alter, geschlecht, betreuer, seit, anzahl, sprache",
    "pays, ville, taille, secteur, groupe, depuis, langue, nombre",
    "país, ciudad, tipo, tamaño, grupo, desde, idioma",
    "cidade, tamanho, setor",
    "paese, città, settore, gruppo, dal, lingua",
    "plaats, soort, grootte, groep, sinds, aantal, taal",
)
CASE = _listed(
    "case, ticket, incident, order, deal, opportunity, lead, mql, contract, request, claim, application, subscription",
    "project, invoice, booking, policy, loan, session, trace, issue",
    "auftrag, vorgang, fall, bestellung, anfrage, vertrag, rechnung, antrag, projekt, buchung, verkaufschance",
    "dossier, commande, demande, affaire, contrat, facture, réclamation, projet, réservation",
    "caso, pedido, solicitud, oportunidad, contrato, factura, reclamación, incidencia, proyecto",
    "chamado, solicitação, oportunidade, fatura, projeto",
    "caso, ordine, pratica, richiesta, opportunità, contratto, fattura, progetto",
    "zaak, bestelling, opdracht, aanvraag, factuur, melding, offerte",
)
ID = _listed(
    "id, key, uuid, guid, code, number, no, nr, ref, reference",
    "nummer, kennung, kennzeichen, schlüssel",
    "n, numéro, identifiant, référence, clé",
    "número, código, identificador, clave, referencia",
    "referência, chave",
    "numero, codice, riferimento",
    "kenmerk, sleutel",
)
RUNNING = _listed("row, index, unnamed, column")
OF = _listed("of, the, to, des, der, de, du, la, le, les, del, do, da, dos, das, della, dell, di, d, van, het, el, l")

# --- people inside, channel, figures

TEAM = _listed(
    "team, group, department, dept, queue, desk, unit, division, squad",
    "gruppe, abteilung, warteschlange, bereich, referat",
    "équipe, groupe, département",
    "equipo, grupo, departamento, cola",
    "equipe, fila de atendimento",
    "squadra, gruppo, reparto, coda, ufficio",
    "groep, afdeling, wachtrij",
)
BY = _listed(
    "agent, owner, assignee, assigned to, resource, user, rep, sdr, sr, employee, handler, resolver, csm, operator",
    "worker, author, created by, updated by, modified by, by",
    "bearbeiter, zuständig, zuständiger, verantwortlich, verantwortlicher, mitarbeiter, betreuer, besitzer, von",
    "responsable, propriétaire, assigné, auteur, par",
    "propietario, agente, asignado, autor, por",
    "responsável, proprietário, atribuído",
    "responsabile, proprietario, assegnatario, operatore, autore",
    "behandelaar, eigenaar, verantwoordelijke, medewerker, toegewezen, door",
)
NO_PERSON = _listed(
    "country, city, region, role, type, count, team, department, group, company, account, office, stage, status, value"
)
CHANNEL = _listed(
    "channel, medium, origin, via, source",
    "kanal, herkunft, eingangsweg, quelle",
    "canal, origine, provenance",
    "origen, procedencia",
    "origem, meio",
    "canale, provenienza, fonte",
    "kanaal, herkomst, bron",
)
VALUE = _listed(
    "amount, price, revenue, value, total, mrr, arr, acv, tcv, sum, cost, fee",
    "betrag, umsatz, wert, preis, summe, kosten, volumen",
    "montant, prix, valeur, chiffre, coût, somme",
    "importe, precio, valor, ingresos, monto, coste",
    "montante, preço, receita, custo",
    "importo, prezzo, valore, ricavo, costo, totale",
    "bedrag, prijs, waarde, omzet, totaal",
)
CURRENCY = _listed("currency, währung, devise, moneda, divisa, moeda, valuta, munt")
SCORE = _listed("nps, csat, ces, score, rating, satisfaction, stars, bewertung, zufriedenheit, note de satisfaction")

# --- persons outside: never in the log

ADDRESS = _listed(
    "e mail, email, mail, phone, telephone, mobile, mobile phone, cell, cellphone, fax, whatsapp",
    "telefon, handy, mobil, rufnummer, faxnummer, durchwahl, mailadresse",
    "courriel, mél, téléphone, portable",
    "correo, teléfono, móvil, celular",
    "telefone, telemóvel",
    "telefono, cellulare, pec",
    "telefoon, mobiel, gsm",
)
PERSON_NAME = _listed(
    "contact name, contact person, first name, last name, full name, given name, family name, surname",
    "primary contact, requester name, person name, firstname, lastname",
    "ansprechpartner, ansprechpartnerin, ansprechperson, kontakt name, kontaktperson, vorname, nachname",
    "nom du contact, nom contact, interlocuteur, prénom, nom de famille",
    "nombre del contacto, nombre de contacto, apellido, apellidos",
    "nome do contato, nome do contacto, sobrenome, apelido",
    "nome del contatto, nome contatto, referente, cognome",
    "contactpersoon, contact naam, voornaam, achternaam",
)
PERSON_ALONE = _listed("contact, primary contact, kontakt, contacto, contato, contatto")
PERSON_ASKING = _listed(
    "person, passenger, patient, requester, reporter, submitter, complainant",
    "melder, anfragender, antragsteller, einsender",
    "demandeur, solicitante, richiedente, aanvrager, indiener",
)
PERSON_OUTSIDE = (
    *PERSON_ASKING,
    *_listed("customer, client, contact, kunde, cliente, contacto, contato, contatto, klant"),
)
NAME = _listed(
    "contact name, contact person, first name, last name, full name, given name, family name, surname",
    "primary contact, requester name, person name, firstname, lastname",
    "ansprechpartner, ansprechpartnerin, ansprechperson, kontakt name, kontaktperson, vorname, nachname",
    "nom du contact, nom contact, interlocuteur, prénom, nom de famille",
    "nombre del contacto, nombre de contacto, apellido, apellidos",
    "nome do contato, nome do contacto, sobrenome, apelido",
    "nome del contatto, nome contatto, referente, cognome",
    "contactpersoon, contact naam, voornaam, achternaam",
)
PERSON_ALONE = _listed("contact, primary contact, kontakt, contacto, contato, contatto")
PERSON_OUTSIDE = _listed(
    "customer, client, contact, person, passenger, patient, requester, reporter, submitter, first, last, full",
    "kunde, melder, anfragender, antragsteller",
    "demandeur, contact",
    "cliente, solicitante, contacto",
    "contato",
    "richiedente, contatto",
    "klant, aanvrager, melder",
)
NAME = _listed("name, nom, nombre, nome, naam")
BIRTH = _listed(
    "birth, dob, birthday, birthdate, geburt, geburtstag, geburtsdatum, naissance, nacimiento, nascimento, nascita",
    "geboorte, geboortedatum",
)
PERSONAL = _listed(
    "age, gender, address, street, ssn, passport, iban",
    "alter, geschlecht, adresse, anschrift, straße, ausweis",
    "âge, sexe, rue, passeport",
    "edad, sexo, dirección, calle, pasaporte, dni, nif",
    "idade, endereço, rua, cpf, morada",
    "età, sesso, indirizzo, codice fiscale",
    "leeftijd, geslacht, adres, straat, bsn",
)
PROSE = _listed(
    "description, comment, comments, message, body, text, note, notes, remark, remarks, subject, title, summary",
    "beschreibung, kommentar, nachricht, bemerkung, notiz, betreff, titel, zusammenfassung, anmerkung",
    "commentaire, objet, titre, remarque, résumé",
    "descripción, comentario, mensaje, asunto, título, nota, resumen",
    "descrição, comentário, mensagem, assunto, resumo",
    "descrizione, commento, messaggio, oggetto, titolo, riepilogo",
    "omschrijving, opmerking, bericht, onderwerp, titel, samenvatting",
)

# --- what the names of events say

GOOD_END = _listed(
    "won, win, closed, close, completed, complete, delivered, resolved, resolution, solved, paid, done, finished",
    "signed, success, fulfilled, in call",
    "abgeschlossen, geschlossen, erledigt, gelöst, geloest, bezahlt, geliefert, gewonnen",
    "gagné, fermé, clos, clôturé, résolu, terminé, payé, livré",
    "ganado, ganada, cerrado, resuelto, terminado, pagado, entregado, completado",
    "ganho, fechado, resolvido, concluído, pago, entregue",
    "vinto, chiuso, risolto, completato, pagato, consegnato",
    "gewonnen, gesloten, opgelost, voltooid, betaald, geleverd, afgerond",
)
BAD_END = _listed(
    "lost, cancelled, canceled, cancel, cancellation, rejected, failed, churned, churn, abandoned, expired, declined",
    "withdrawn, terminated, void, uncollectible",
    "storniert, verloren, abgelehnt, gekündigt, abgebrochen",
    "perdu, annulé, refusé, rejeté, abandonné, résilié",
    "perdido, perdida, cancelado, rechazado, anulado",
    "recusado, rejeitado",
    "perso, annullato, rifiutato",
    "geannuleerd, afgewezen, verloren, opgezegd",
)
WAITING = _listed(
    "wait, waiting, pending, awaiting, on hold, hold, wartet, warten, attente, pendiente, pendente, wacht"
)
CUSTOMER = _listed("customer, user, client, kunde, reporter, requester, cliente, klant")
THIRD_PARTY = _listed(
    "vendor, supplier, carrier, partner, third party, provider",
    "lieferant, fournisseur, proveedor, fornecedor, fornitore, leverancier",
)

# --- compounds: words that stand at the end of a longer one, as in Ticketnummer, Auftragswert, klantnaam

ENDS_OF_COMPOUNDS = _listed(
    "nummer, name, naam, datum, wert, betrag, umsatz, preis, summe, waarde, bedrag, prijs, mail, mailadresse, adresse",
    "telefon, telefoon, telefonnummer, telefoonnummer, phone, gruppe, groep, status, phase, fase, stufe, kanal, kanaal",
    "zeit, zeitpunkt, tijd, person, persoon, text, beschreibung",
)
